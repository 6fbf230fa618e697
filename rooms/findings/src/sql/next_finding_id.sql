select coalesce(max(finding_id), 0) + 1 as next_id
from findings
