insert into signing_keys (key_id, person_id, openssh, fingerprint, enrolled_at, revoked_at)
values ($1, $2, $3, $4, $5, null)
