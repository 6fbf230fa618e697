insert into ledger_head (id, size, root, frontier, latest_at)
values (1, $1, $2, $3, $4)
on conflict (id) do update set
  size = excluded.size,
  root = excluded.root,
  frontier = excluded.frontier,
  latest_at = excluded.latest_at
