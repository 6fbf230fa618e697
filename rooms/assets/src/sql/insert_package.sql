insert into asset_packages (
  asset_id,
  name,
  architecture,
  version,
  source,
  source_version,
  state,
  is_held
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
