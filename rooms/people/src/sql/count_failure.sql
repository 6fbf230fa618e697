update passwords
set failures = failures + 1,
  last_failure_at = $2
where person_id = $1
