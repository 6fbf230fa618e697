insert into ledger_checkpoints (size, root, signed_at)
values ($1, $2, $3)
on conflict (size) do nothing
