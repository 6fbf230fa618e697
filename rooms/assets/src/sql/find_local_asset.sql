select a.asset_id
from asset_connections c
join assets a on a.asset_id = c.asset_id
where c.way = 'local'
  and a.retired_at is null
limit 1
