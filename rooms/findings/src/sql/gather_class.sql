-- Findings of one state, weight and exploitation whose due time lies in one range, in no order. The name of the asset is
-- looked up where lists are sorted by it.
select
  f.finding_id,
  f.asset_id,
  f.words_id,
  f.points,
  f.due_at,
  f.identified_at,
  case
    when $7 = 1 then (
      select a.name
      from finding_assets a
      where a.asset_id = f.asset_id
    )
  end as name
from findings f
where f.state = $1
  and f.weight = $2
  and f.is_exploited = $3
  and f.due_at between $4 and $5
  and ($6 = 0 or f.corrected_at > f.due_at)
limit $8
