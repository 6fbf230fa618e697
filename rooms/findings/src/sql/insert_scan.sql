insert into finding_scans (
  scan_id,
  scanner,
  report,
  sha256,
  evidence_id,
  difference_id,
  hosts,
  hosts_unmatched,
  items,
  items_informative,
  counts,
  imported_by,
  imported_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
