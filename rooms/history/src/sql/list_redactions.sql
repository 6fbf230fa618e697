select
  redaction_id,
  entry_index,
  subject,
  reason,
  requested_by,
  requested_at,
  confirmed_by,
  confirmed_at
from history_redactions
where redaction_id > $1
order by redaction_id
limit $2
