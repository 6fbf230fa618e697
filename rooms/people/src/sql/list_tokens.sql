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
where person_id = $1
order by token_id desc
limit 1000
