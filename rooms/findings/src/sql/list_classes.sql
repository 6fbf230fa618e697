-- No limit: a new policy may move every finding.
select
  finding_id,
  weight,
  is_exploited
from findings
order by finding_id
