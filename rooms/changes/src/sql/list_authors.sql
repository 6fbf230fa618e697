select
  person_id
from change_authors
where change_id = $1
and revision = $2
order by person_id
