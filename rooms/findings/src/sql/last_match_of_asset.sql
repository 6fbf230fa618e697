select
  match_id,
  collection_id,
  taken_at,
  feed_id
from finding_matches
where asset_id = $1
order by match_id desc
limit 1
