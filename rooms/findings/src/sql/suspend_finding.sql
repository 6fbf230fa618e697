update findings
set
  state = 'pending_restart',
  pending = $2
where finding_id = $1
