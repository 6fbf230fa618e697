insert into person_roles (person_id, role)
values ($1, $2)
