delete from passwords
where person_id = $1
