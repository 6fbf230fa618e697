select
  name,
  architecture,
  version,
  source,
  source_version,
  state,
  is_held
from asset_packages
where asset_id = $1
order by name, architecture, version
limit 100000
