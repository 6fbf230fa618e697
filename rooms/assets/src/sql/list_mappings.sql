select
  mapping_id,
  name,
  document
from asset_mappings
order by name
limit 10000
