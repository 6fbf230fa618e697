-- No limit: one row.
select
  coalesce(sum(d.due_at < $1), 0) as late,
  coalesce(sum(d.due_at between $1 and $1 + $13), 0) as week,
  coalesce(sum(d.due_at > $1 + $13 and d.due_at <= $1 + $14), 0) as month,
  coalesce(sum(d.due_at > $1 + $14), 0) as later,
  coalesce(sum(d.due_at is null), 0) as unlimited
from (
  select
    case
      when f.reopened_at > case $2
        when 1 then coalesce(f.published_at, f.identified_at)
        else f.identified_at
      end then f.reopened_at
      when $2 = 1 then coalesce(f.published_at, f.identified_at)
      else f.identified_at
    end + case f.is_exploited
      when 1 then case f.severity
        when 'critical' then $8
        when 'high' then $9
        when 'medium' then $10
        when 'low' then $11
        else $12
      end
      else case f.severity
        when 'critical' then $3
        when 'high' then $4
        when 'medium' then $5
        when 'low' then $6
        else $7
      end
    end as due_at
  from findings f
  where f.state <> 'remediated'
) d
