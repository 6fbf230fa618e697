insert into permits (
  permit_id,
  change_id,
  standing,
  starts_at,
  ends_at,
  people,
  assets,
  actions,
  issued_by,
  issued_at
)
values ($1, $2, 'given', $3, $4, $5, $6, $7, $8, $9)
