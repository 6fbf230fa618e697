update run_hosts
set
    state = $3,
    attempt = attempt + 1,
    reason = null
where run_id = $1 and asset_subject = $2
