select run_id
from runs
where change_subject = $1
order by run_id
limit 1000
