select coalesce(max(opening_id), 0) + 1 as next_id
from evidence_openings
