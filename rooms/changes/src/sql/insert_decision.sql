insert into change_decisions (
  entry_index,
  change_id,
  revision,
  kind,
  decision,
  person_id,
  capacity,
  signed_at,
  key_id,
  signature,
  comment,
  alternative
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
