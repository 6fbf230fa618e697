select
  entry_index
from change_entries
where change_id = $1
and entry_index > $2
order by entry_index
limit 1000
