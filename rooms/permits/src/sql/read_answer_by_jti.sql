select
  entry_index,
  change_id,
  permit_id,
  person_id,
  asset,
  action,
  is_allowed,
  reasons,
  jti,
  answered_at
from permit_answers
where jti = $1
