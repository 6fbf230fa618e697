update assets
set
  retired_by = $2,
  retired_at = $3,
  retired_reason = $4
where asset_id = $1
