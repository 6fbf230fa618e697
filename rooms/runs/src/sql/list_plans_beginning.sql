select digest
from plans
where digest >= $1
  and digest < $2
order by digest
limit 2
