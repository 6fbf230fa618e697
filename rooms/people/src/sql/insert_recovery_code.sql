insert into recovery_codes (person_id, number, sha256, made_at, used_at)
values ($1, $2, $3, $4, null)
