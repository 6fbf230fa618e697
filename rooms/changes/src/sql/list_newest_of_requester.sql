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
where requester = $1
  and state = $2
order by change_id desc
limit $3
