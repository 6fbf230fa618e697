select
  sealed_hash,
  sealed_totp_secret,
  last_step,
  failures,
  last_failure_at
from passwords
where person_id = $1
