select
  feed_id,
  kind,
  version,
  evidence_id,
  entries,
  loaded_by,
  loaded_at
from finding_feeds
where feed_id > $1
order by feed_id
limit $2
