select
  advisory,
  osv
from finding_advisories
where advisory = $1
