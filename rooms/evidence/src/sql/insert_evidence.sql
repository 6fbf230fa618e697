insert into evidence (
  evidence_id,
  name,
  media_type,
  kind,
  sha256,
  size,
  stored_sha256,
  stored_size,
  taken_at,
  added_by,
  added_at,
  state
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
