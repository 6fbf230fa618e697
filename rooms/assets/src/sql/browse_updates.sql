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
order by
  case security
    when 'yes' then 0
    else 1
  end,
  package,
  position
limit $2
offset $3
