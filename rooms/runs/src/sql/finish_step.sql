update run_steps
set
    finished_at = $5,
    state = $6,
    reason = $7,
    differences = $8
where run_id = $1
    and asset_subject = $2
    and attempt = $3
    and step = $4
    and finished_at is null
