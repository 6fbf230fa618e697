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
order by
  case $5
    when 'title' then lower(title)
    when 'state' then state
    when 'type' then change_type
    when 'window' then coalesce(window_from, 0)
    when 'opened' then opened_at
    else change_id
  end,
  change_id
limit $6 offset $7
