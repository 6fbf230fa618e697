select
  person_id,
  handle,
  name,
  is_active,
  enrolled_at
from people
where person_id = $1
