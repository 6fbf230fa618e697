select
  coalesce(max(entry_index), 0) as entry_index
from change_entries
where change_id = $1
