select
  c.change_id,
  c.state,
  c.change_type,
  c.title,
  c.requester,
  c.revision,
  c.opened_at,
  c.approved_at,
  c.window_from,
  c.window_until,
  r.parts
from changes c
join change_revisions r on r.change_id = c.change_id and r.revision = c.revision
where c.window_until > $1
  and c.window_from < $2
  and c.state <> 'cancelled'
order by c.window_from, c.change_id
limit $3
