select
  sha256,
  expires_at
from invitations
where person_id = $1
