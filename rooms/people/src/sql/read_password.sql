select
  sealed_hash,
  sealed_totp_secret,
  last_step
from passwords
where person_id = $1
