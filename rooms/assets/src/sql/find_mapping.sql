select
  mapping_id,
  name,
  document
from asset_mappings
where name = $1
