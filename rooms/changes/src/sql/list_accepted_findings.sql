select
  finding,
  accepted_by,
  because
from change_accepted_findings
where change_id = $1
order by finding
