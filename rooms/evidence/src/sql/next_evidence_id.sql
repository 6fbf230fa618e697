select coalesce(max(evidence_id), 0) + 1 as next_id
from evidence
