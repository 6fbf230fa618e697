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
where change_id = $1
order by permit_id
limit 1000
