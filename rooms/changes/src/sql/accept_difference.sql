update change_comparisons
set
  accepted_by = $3,
  because = $4
where change_id = $1
and asset = $2
