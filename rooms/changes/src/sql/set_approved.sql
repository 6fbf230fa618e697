update changes
set
  state = 'approved',
  approved_at = $2
where change_id = $1
