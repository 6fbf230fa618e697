insert into run_packages (
    run_id,
    asset_subject,
    attempt,
    step,
    package,
    wanted,
    version_before,
    version_after,
    outcome,
    reason
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (run_id, asset_subject, attempt, step, package) do update
set
    wanted = excluded.wanted,
    version_before = excluded.version_before,
    version_after = excluded.version_after,
    outcome = excluded.outcome,
    reason = excluded.reason
