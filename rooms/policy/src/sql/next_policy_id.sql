select coalesce(max(version), 0) + 1 as next_id
from policies
