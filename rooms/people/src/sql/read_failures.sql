select
  failures,
  last_failure_at,
  passkey_failures,
  passkey_last_failure_at
from sign_in_failures
where person_id = $1
