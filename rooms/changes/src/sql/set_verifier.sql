update changes
set
  verifier = $2
where change_id = $1
