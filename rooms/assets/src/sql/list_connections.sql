select
  asset_id,
  way
from asset_connections
order by asset_id
limit 1000000
