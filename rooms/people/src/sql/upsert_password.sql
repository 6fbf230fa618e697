insert into passwords (person_id, sealed_hash, sealed_totp_secret, last_step, failures, last_failure_at)
values ($1, $2, $3, $4, 0, 0)
on conflict (person_id) do update set
  sealed_hash = excluded.sealed_hash,
  sealed_totp_secret = excluded.sealed_totp_secret,
  last_step = excluded.last_step,
  failures = 0,
  last_failure_at = 0
