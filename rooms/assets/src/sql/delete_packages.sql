delete from asset_packages
where asset_id = $1
