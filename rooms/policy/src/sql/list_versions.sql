select
  version,
  digest,
  change_subject,
  adopted_by,
  adopted_at
from policies
order by version
