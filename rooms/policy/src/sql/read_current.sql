select
  version,
  digest
from policies
order by version desc
limit 1
