update run_rings
set ended_at = $3
where run_id = $1 and ring = $2
