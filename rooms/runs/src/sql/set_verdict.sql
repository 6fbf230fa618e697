update run_rings
set
    verdict = $3,
    said = $4
where run_id = $1 and ring = $2
