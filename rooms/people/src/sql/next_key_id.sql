select coalesce(max(key_id), 0) + 1 as next_id
from signing_keys
