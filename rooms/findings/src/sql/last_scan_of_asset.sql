select max(at) as at
from finding_scan_hosts
where asset_id = $1
  and is_finished = 1
  and is_credentialed >= $2
