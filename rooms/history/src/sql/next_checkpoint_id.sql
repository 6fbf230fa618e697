select coalesce(max(checkpoint_id), 0) + 1 as next_id
from history_checkpoints
