select evidence_id
from evidence
where stored_sha256 = $1
