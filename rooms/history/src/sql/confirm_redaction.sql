update history_redactions
set
  confirmed_by = $2,
  confirmed_at = $3
where redaction_id = $1
