insert into history_redactions
  (redaction_id, entry_index, subject, reason, requested_by, requested_at, confirmed_by, confirmed_at)
values ($1, $2, $3, $4, $5, $6, null, null)
