select
  size,
  root,
  frontier
from ledger_head
where id = 1
