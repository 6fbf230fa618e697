select
  person_id,
  handle,
  name,
  is_active,
  enrolled_at
from people
where handle = $1
