select
  feed_id,
  kind,
  version,
  evidence_id,
  entries,
  loaded_by,
  loaded_at
from finding_feeds
order by feed_id desc
limit $1
