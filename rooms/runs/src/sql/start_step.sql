insert into run_steps (run_id, entry, asset_subject, attempt, step, job, started_at)
values ($1, $2, $3, $4, $5, $6, $7)
