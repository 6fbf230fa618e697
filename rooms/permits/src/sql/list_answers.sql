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
where change_id = $1
and entry_index > $2
order by entry_index
limit $3
