select
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
from finding_scans
order by scan_id desc
limit $1
