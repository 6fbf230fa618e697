insert into runs (
    run_id,
    change_subject,
    plan_digest,
    permit_subject,
    executor,
    halt_percent,
    soak_s,
    started_at,
    state
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
