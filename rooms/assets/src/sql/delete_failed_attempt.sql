delete from asset_failed_attempts
where asset_id = $1
