insert into permits (
  permit_id,
  change_id,
  revision,
  standing,
  starts_at,
  ends_at,
  people,
  assets,
  actions,
  issued_by,
  issued_at
)
values ($1, $2, $3, 'given', $4, $5, $6, $7, $8, $9, $10)
