insert into run_rings (run_id, ring, gate, is_passed, accepted)
values ($1, $2, $3, 0, 0)
