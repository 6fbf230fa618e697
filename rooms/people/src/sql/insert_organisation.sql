insert into organisations (organisation_id, name, verifier_key)
values ($1, $2, $3)
