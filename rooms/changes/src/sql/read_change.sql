select
  change_id,
  state,
  requester,
  opened_at,
  revision,
  revision_last,
  approved_at,
  window_from,
  window_until,
  work_began_at,
  verifier,
  retrospective,
  retrospective_held_at
from changes
where change_id = $1
