insert into evidence_openings (
  opening_id,
  evidence_id,
  person_id,
  opened_at
)
values ($1, $2, $3, $4)
