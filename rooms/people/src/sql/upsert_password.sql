insert into passwords (person_id, sealed_hash, sealed_totp_secret, last_step)
values ($1, $2, $3, $4)
on conflict (person_id) do update set
  sealed_hash = excluded.sealed_hash,
  sealed_totp_secret = excluded.sealed_totp_secret,
  last_step = excluded.last_step
