update run_hosts
set
    state = $3,
    reason = $4,
    open_step = null,
    boot_id = null
where run_id = $1 and asset_subject = $2
