select
  number,
  sha256,
  made_at,
  used_at
from recovery_codes
where person_id = $1
order by number
limit 100
