select
  entry_index,
  what,
  at,
  source,
  person_id
from finding_history
where finding_id = $1
order by entry_index
limit 1000
