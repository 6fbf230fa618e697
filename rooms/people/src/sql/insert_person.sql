insert into people (person_id, handle, name, is_active, enrolled_at)
values ($1, $2, $3, 1, $4)
