update change_decisions
set
  voided = $3
where change_id = $1
and revision < $2
and voided is null
