insert into sign_in_failures (person_id, failures, last_failure_at, passkey_failures, passkey_last_failure_at)
values ($1, 0, 0, 1, $2)
on conflict (person_id) do update set
  passkey_failures = case when $3 then 1 else sign_in_failures.passkey_failures + 1 end,
  passkey_last_failure_at = excluded.passkey_last_failure_at
