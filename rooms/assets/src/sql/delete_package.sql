delete from asset_packages
where asset_id = $1
  and name = $2
  and architecture = $3
  and version = $4
