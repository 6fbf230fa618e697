select
    entry,
    asset_subject,
    attempt,
    step,
    job,
    started_at,
    finished_at,
    state,
    reason,
    differences
from run_steps
where run_id = $1
order by entry
