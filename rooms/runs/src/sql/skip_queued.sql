update run_hosts
set
    state = 'skipped',
    reason = $2
where run_id = $1 and state = 'queued'
