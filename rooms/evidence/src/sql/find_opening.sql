select
  opening_id,
  evidence_id,
  person_id,
  opened_at
from evidence_openings
where opening_id = $1
