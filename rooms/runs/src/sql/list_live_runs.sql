select run_id
from runs
where ended_at is null
order by run_id
