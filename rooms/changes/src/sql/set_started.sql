update changes
set
  state = 'in_progress',
  verifier = null,
  work_began_at = coalesce(work_began_at, $2)
where change_id = $1
