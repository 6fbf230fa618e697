select coalesce(max(export_id), 0) + 1 as next_id
from history_exports
