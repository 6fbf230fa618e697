select coalesce(max(run_id), 0) + 1 as next_id from runs
