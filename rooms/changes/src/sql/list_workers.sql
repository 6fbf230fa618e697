select
  person_id
from change_workers
where change_id = $1
order by person_id
