update runs
set
    state = $2,
    reason = $3,
    ended_at = $4
where run_id = $1
