-- The usual list: no index but that of the ids, and no sorting.
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
where ($1 is null or state = $1)
  and ($2 is null or change_type = $2)
  and ($3 is null or instr(lower(title), lower($3)) > 0 or change_id = $4)
order by change_id desc
limit $5
offset $6
