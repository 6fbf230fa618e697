select coalesce(max(redaction_id), 0) + 1 as next_id
from history_redactions
