select coalesce(max(recovery_id), 0) + 1 as next_id
from history_recoveries
