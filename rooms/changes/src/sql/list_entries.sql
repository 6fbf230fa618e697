select
  entry_index
from change_entries
where change_id = $1
order by entry_index
limit 10000
