select
  permit_id,
  change_id,
  revision,
  standing,
  starts_at,
  ends_at,
  people,
  assets,
  actions,
  issued_by,
  issued_at
from permits
where permit_id = $1
