-- No limit: a look at an asset is judged against everything known of it; an import takes a bounded number for each.
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
where asset_id = $1
order by finding_id
