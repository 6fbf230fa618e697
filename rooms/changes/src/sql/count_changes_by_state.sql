select
  state,
  count(*) as changes
from changes
group by state
limit 100
