select
  asset_id,
  way,
  address,
  port,
  login,
  become_root,
  host_key
from asset_connections
where asset_id = $1
