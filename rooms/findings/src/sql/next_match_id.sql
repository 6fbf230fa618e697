select coalesce(max(match_id), 0) + 1 as next_id
from finding_matches
