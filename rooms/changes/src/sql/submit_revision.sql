update change_revisions
set
  requester = $3,
  text = $4,
  digest = $5,
  submitted_at = $6,
  assets = $7
where change_id = $1
and revision = $2
