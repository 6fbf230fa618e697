update run_rings
set
    ended_at = null,
    verdict = null,
    said = null,
    is_passed = 0
where run_id = $1
    and ring = (select ring from run_hosts where run_id = $1 and asset_subject = $2)
