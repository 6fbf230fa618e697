insert into history_checkpoints (checkpoint_id, requested_by, requested_at)
values ($1, $2, $3)
