select coalesce(max(asset_id), 0) + 1 as next_id
from assets
