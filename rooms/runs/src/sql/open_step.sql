update run_hosts
set
    state = $3,
    open_step = $4,
    boot_id = $5,
    is_touched = case when $6 = 1 then 1 else is_touched end
where run_id = $1 and asset_subject = $2
