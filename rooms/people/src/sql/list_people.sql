select
  person_id,
  handle,
  name,
  is_active,
  enrolled_at
from people
order by person_id
limit 10000
