select coalesce(max(mapping_id), 0) + 1 as next_id
from asset_mappings
