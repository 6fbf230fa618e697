select
  attempted_at,
  has_other_host_key,
  why
from asset_failed_attempts
where asset_id = $1
