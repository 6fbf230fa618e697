insert into sign_in_failures (person_id, failures, last_failure_at)
values ($1, 1, $2)
on conflict (person_id) do update set
  failures = case when $3 then 1 else sign_in_failures.failures + 1 end,
  last_failure_at = excluded.last_failure_at
