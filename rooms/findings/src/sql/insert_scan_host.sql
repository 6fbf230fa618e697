insert into finding_scan_hosts (
  asset_id,
  scan_id,
  at,
  is_finished,
  is_credentialed
)
values ($1, $2, $3, $4, $5)
