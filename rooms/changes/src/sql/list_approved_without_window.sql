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
where c.state = 'approved'
  and c.window_from is null
order by c.change_id desc
limit $1
