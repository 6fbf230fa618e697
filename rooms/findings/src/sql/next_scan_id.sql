select coalesce(max(scan_id), 0) + 1 as next_id
from finding_scans
