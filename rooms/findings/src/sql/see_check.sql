update finding_checks
set
  last_seen_at = case when last_seen_at < $3 then $3 else last_seen_at end,
  gone_at = null
where finding_id = $1
  and check_key = $2
