insert into asset_updates (
  asset_id,
  position,
  package,
  architecture,
  installed,
  candidate,
  origins,
  security,
  standing
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
