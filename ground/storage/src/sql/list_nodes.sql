select hash
from ledger_nodes
where level = $1
  and position >= $2
  and position < $3
order by position
