select
  token_id,
  person_id,
  kind,
  name,
  sha256,
  scope,
  issued_at,
  expires_at,
  revoked_at,
  proven_by,
  proven_at,
  source
from tokens
where token_id = $1
