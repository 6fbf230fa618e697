select run_id
from runs
order by run_id desc
limit $1 offset $2
