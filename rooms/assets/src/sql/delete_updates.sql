delete from asset_updates
where asset_id = $1
