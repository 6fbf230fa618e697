select
  coalesce(max(permit_id), 0) + 1 as next_id
from permits
