update assets
set last_patched_at = $2
where asset_id = $1
