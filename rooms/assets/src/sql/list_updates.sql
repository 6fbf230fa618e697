select
  package,
  architecture,
  installed,
  candidate,
  origins,
  security,
  standing
from asset_updates
where asset_id = $1
order by position
limit 100000
