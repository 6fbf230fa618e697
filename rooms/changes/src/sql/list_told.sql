select
  role,
  person_id,
  told_at
from change_told
where change_id = $1
order by told_at, role, person_id
