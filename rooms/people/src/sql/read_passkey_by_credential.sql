select
  passkey_id,
  person_id,
  name,
  credential,
  openssh,
  counter,
  enrolled_at,
  last_used_at,
  revoked_at
from passkeys
where credential = $1
