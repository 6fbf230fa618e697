select
  coalesce(max(change_id), 0) + 1 as next_id
from changes
