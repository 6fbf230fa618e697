update finding_checks
set gone_at = $3
where finding_id = $1
  and check_key = $2
  and gone_at is null
