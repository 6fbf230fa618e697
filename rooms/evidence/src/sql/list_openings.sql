select
  opening_id,
  evidence_id,
  person_id,
  opened_at
from evidence_openings
where evidence_id = $1
order by opening_id desc
limit 500
