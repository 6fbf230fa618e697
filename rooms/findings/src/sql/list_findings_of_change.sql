select
  finding_id,
  asset_id,
  vulnerability,
  location,
  state,
  change,
  identified_at,
  reported_at,
  reopened_at,
  reopened_count,
  corrected_at,
  pending
from findings
where change = $1
order by finding_id
limit 100000
