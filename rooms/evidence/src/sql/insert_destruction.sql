insert into evidence_destructions (
  evidence_id,
  person_id,
  destroyed_at,
  reason
)
values ($1, $2, $3, $4)
