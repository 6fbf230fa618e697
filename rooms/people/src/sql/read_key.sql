select
  key_id,
  person_id,
  openssh,
  fingerprint,
  enrolled_at,
  revoked_at
from signing_keys
where key_id = $1
