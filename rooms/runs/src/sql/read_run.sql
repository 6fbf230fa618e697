select
    run_id,
    change_subject,
    plan_digest,
    permit_subject,
    executor,
    halt_percent,
    soak_s,
    started_at,
    state,
    reason,
    ended_at
from runs
where run_id = $1
