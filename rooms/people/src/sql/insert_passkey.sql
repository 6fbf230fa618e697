insert into passkeys (passkey_id, person_id, name, credential, openssh, counter, enrolled_at, last_used_at, revoked_at)
values ($1, $2, $3, $4, $5, $6, $7, null, null)
