select distinct
  requester
from change_revisions
where change_id = $1
and kind = 'retrospective'
and requester is not null
order by requester
