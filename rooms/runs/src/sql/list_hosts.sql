select ring, asset_subject, state, attempt, open_step, boot_id, is_touched, reason
from run_hosts
where run_id = $1
order by ring, position
