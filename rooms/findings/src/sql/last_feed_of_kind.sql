select max(feed_id) as feed_id
from finding_feeds
where kind = $1
