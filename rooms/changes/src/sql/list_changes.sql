select
  change_id,
  state,
  change_type,
  title,
  requester,
  revision,
  opened_at,
  window_from,
  window_until
from changes
where change_id > $1
and ($2 is null or state = $2)
order by change_id
limit $3
