select leaf_hash
from ledger_entries
where idx >= $1
  and idx < $2
order by idx
