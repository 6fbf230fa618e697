select s.asset_id
from asset_states s
join assets a on a.asset_id = s.asset_id
where s.machine_id = $1
  and s.asset_id <> $2
  and a.retired_at is null
order by s.asset_id
limit 100
