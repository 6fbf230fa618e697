update passwords
set last_step = $2,
  failures = 0
where person_id = $1
