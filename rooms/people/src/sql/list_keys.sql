select
  key_id,
  person_id,
  openssh,
  fingerprint,
  enrolled_at,
  revoked_at
from signing_keys
where person_id = $1
order by key_id
limit 1000
