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
  and ($2 is null or name like $2 escape '\' or source like $2 escape '\')
order by
  name,
  architecture,
  version
limit $3
offset $4
