-- Findings of which this is said, in no order. The sums keep other columns from choosing the index.
select
  f.finding_id,
  f.asset_id,
  f.words_id,
  f.points,
  f.due_at,
  f.identified_at,
  case
    when $8 = 1 then (
      select a.name
      from finding_assets a
      where a.asset_id = f.asset_id
    )
  end as name
from findings f
where f.words_id = $10
  and f.is_open + 0 = $1
  and f.due_at + 0 between $2 and $3
  and ($4 is null or f.state = $4)
  and f.weight >= $5
  and f.is_exploited >= $6
  and ($7 = 0 or f.corrected_at > f.due_at)
limit $9
