update changes
set
  state = $2
where change_id = $1
