insert into permit_answers (
  entry_index,
  change_id,
  permit_id,
  person_id,
  asset,
  action,
  is_allowed,
  reasons,
  jti,
  answered_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
