insert into findings (
  finding_id,
  asset_id,
  vulnerability,
  location,
  state,
  identified_at,
  reported_at,
  reopened_count,
  pending
)
values ($1, $2, $3, $4, 'open', $5, $6, 0, '')
