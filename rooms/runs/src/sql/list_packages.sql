select
    asset_subject,
    attempt,
    step,
    package,
    wanted,
    version_before,
    version_after,
    outcome,
    reason
from run_packages
where run_id = $1
order by asset_subject, attempt, step, package
