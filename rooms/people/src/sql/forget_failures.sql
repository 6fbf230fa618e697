insert into sign_in_failures (person_id, failures, last_failure_at)
values ($1, 0, 0)
on conflict (person_id) do update set
  failures = 0,
  last_failure_at = 0,
  passkey_failures = 0,
  passkey_last_failure_at = 0
