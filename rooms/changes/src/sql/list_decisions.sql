select
  entry_index,
  revision,
  kind,
  decision,
  person_id,
  capacity,
  signed_at,
  key_id,
  signature,
  comment,
  alternative,
  voided
from change_decisions
where change_id = $1
order by entry_index
