insert into run_hosts (run_id, ring, position, asset_subject, state, attempt, is_touched)
values ($1, $2, $3, $4, $5, 1, 0)
