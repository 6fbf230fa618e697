update changes
set
  state = 'scheduled',
  window_from = $2,
  window_until = $3
where change_id = $1
