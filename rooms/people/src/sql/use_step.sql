update passwords
set last_step = $2
where person_id = $1
