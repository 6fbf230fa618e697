select subject
from evidence_subjects
where evidence_id = $1
order by subject
limit 1000
