insert into permit_commands (
  entry_index,
  change_id,
  jti,
  exit_code,
  duration_ms,
  evidence_id,
  ended_at
)
values ($1, $2, $3, $4, $5, $6, $7)
