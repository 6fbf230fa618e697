select objective
from evidence_objectives
where evidence_id = $1
order by objective
limit 1000
