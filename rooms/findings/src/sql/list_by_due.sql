-- Findings by their due time.
select
  f.finding_id,
  f.asset_id,
  f.words_id
from findings f
where f.is_open = $1
  and f.due_at between $2 and $3
  and ($4 is null or f.state = $4)
  and f.weight >= $5
  and f.is_exploited >= $6
  and ($7 = 0 or f.corrected_at > f.due_at)
order by
  f.due_at,
  f.points desc,
  f.finding_id
limit $8
