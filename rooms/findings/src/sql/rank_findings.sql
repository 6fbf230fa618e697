-- Reads the names and facts of the assets beside their findings: 200,000 findings are ranked in one pass over an index,
-- which handing the facts over one by one would not do.
select r.finding_id
from (
  select
    d.finding_id,
    d.asset_name,
    d.identified_at,
    d.due_at,
    d.points + case
      when d.due_at < $1 then $25
      when d.due_at <= $1 + $27 then $26
      else 0
    end as points
  from (
    select
      f.finding_id,
      f.state,
      f.identified_at,
      f.corrected_at,
      a.name as asset_name,
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
      end as due_at,
      coalesce(f.score_tenths * 4 / 10, case f.severity
          when 'critical' then $13
          when 'high' then $14
          when 'medium' then $15
          when 'low' then $16
          else $17
        end) + f.is_exploited * $18 + case a.exposure
        when 'internet_facing' then $19
        when 'internal' then $20
        else 0
      end + case a.classification
        when 'cui' then $21
        when 'fci' then $22
        else 0
      end + case a.criticality
        when 'high' then $23
        when 'medium' then $24
        else 0
      end as points
    from assets a
    cross join findings f on f.asset_id = a.asset_id
    where ($28 is null or a.asset_id = $28)
      and case
        when $29 is null then f.state <> 'remediated'
        else f.state = $29
      end
      and case f.severity
        when 'critical' then 4
        when 'high' then 3
        when 'medium' then 2
        when 'low' then 1
        else 0
      end >= $30
      and f.is_exploited >= $31
      and (
        $32 is null
        or f.finding_id in (
          select t.finding_id
          from findings t
          join assets b on b.asset_id = t.asset_id
          where t.vulnerability like $32 escape '\'
            or t.title like $32 escape '\'
            or t.location like $32 escape '\'
            or b.name like $32 escape '\'
        )
      )
  ) d
  where case $33
    when 'late' then case d.state
      when 'remediated' then d.corrected_at
      else $1
    end > d.due_at
    when 'soon' then d.due_at between $1 and $1 + $27
    when 'none' then d.due_at is null
    else true
  end
) r
order by
  case $34
    when 'due' then coalesce(r.due_at, 9000000000000000)
    when '-due' then -coalesce(r.due_at, 0)
    when 'identified' then r.identified_at
    when '-identified' then -r.identified_at
    when 'rank' then r.points
  end,
  case $34
    when 'asset' then r.asset_name
  end,
  case $34
    when '-asset' then r.asset_name
  end desc,
  r.points desc,
  r.finding_id
limit $35
offset $36
