update people
set is_active = 0
where person_id = $1
