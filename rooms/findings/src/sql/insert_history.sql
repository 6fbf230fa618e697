insert into finding_history (
  finding_id,
  entry_index,
  what,
  at,
  source,
  person_id
)
values ($1, $2, $3, $4, $5, $6)
