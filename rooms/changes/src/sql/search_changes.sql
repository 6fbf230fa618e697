select
  s.change_id,
  s.state,
  s.change_type,
  s.title,
  s.requester,
  s.revision,
  s.opened_at,
  s.window_from,
  s.window_until
from (
  select
    change_id,
    state,
    change_type,
    title,
    requester,
    revision,
    opened_at,
    window_from,
    window_until,
    case $5
      when 'title' then lower(title)
      when 'state' then state
      when 'type' then change_type
    end as word,
    case $5
      when 'window' then coalesce(window_from, 0)
      when 'opened' then opened_at
      else change_id
    end as number
  from changes
  where ($1 is null or state = $1)
    and ($2 is null or change_type = $2)
    and ($3 is null or instr(lower(title), lower($3)) > 0 or change_id = $4)
) s
order by
  case $6
    when 0 then s.word
  end,
  s.word desc,
  case $6
    when 0 then s.number
    else -s.number
  end,
  case $6
    when 0 then s.change_id
    else -s.change_id
  end
limit $7
offset $8
