select ring, gate, ended_at, verdict, said, is_passed, accepted
from run_rings
where run_id = $1
order by ring
