select coalesce(max(feed_id), 0) + 1 as next_id
from finding_feeds
