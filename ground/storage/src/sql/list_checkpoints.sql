select
  size,
  root,
  signed_at
from ledger_checkpoints
order by size
