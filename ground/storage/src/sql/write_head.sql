insert into ledger_head (id, size, root, frontier)
values (1, $1, $2, $3)
on conflict (id) do update set
  size = excluded.size,
  root = excluded.root,
  frontier = excluded.frontier
