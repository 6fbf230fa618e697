update runs
set
    state = $2,
    reason = $3,
    ended_at = null
where run_id = $1
