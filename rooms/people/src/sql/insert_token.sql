insert into tokens (token_id, person_id, kind, name, sha256, scope, issued_at, expires_at, revoked_at, proven_by, proven_at, source)
values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9, $7, $10)
