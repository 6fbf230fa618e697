select
  latest_at
from ledger_head
where id = 1
