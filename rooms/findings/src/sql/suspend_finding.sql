update findings
set
  state = 'pending_restart',
  is_open = 1,
  pending = $2
where finding_id = $1
