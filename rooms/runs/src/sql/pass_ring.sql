update run_rings
set is_passed = 1
where run_id = $1 and ring = $2
