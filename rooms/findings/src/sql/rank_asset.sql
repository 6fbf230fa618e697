-- The findings of one asset, of which there are some hundreds at most, in any order. The sum keeps the due time from
-- choosing the index.
select
  r.finding_id,
  r.asset_id,
  r.words_id
from (
  select
    f.finding_id,
    f.asset_id,
    f.words_id,
    f.identified_at,
    f.due_at,
    f.points + case
      when f.due_at < $9 then $11
      when f.due_at <= $10 then $12
      else 0
    end as points
  from findings f
  where f.is_open = $1
    and f.due_at + 0 between $2 and $3
    and ($4 is null or f.state = $4)
    and f.weight >= $5
    and f.is_exploited >= $6
    and ($7 = 0 or f.corrected_at > f.due_at)
    and f.asset_id = $13
) r
order by
  case $14
    when 'rank' then r.points
    when 'due' then r.due_at
    when '-due' then case
      when r.due_at = $15 then 0
      else -r.due_at
    end
    when 'identified' then r.identified_at
    when '-identified' then -r.identified_at
  end,
  r.points desc,
  r.finding_id
limit $8
