select
  revision,
  parts,
  requester,
  text,
  digest,
  submitted_at,
  assets
from change_revisions
where change_id = $1
and revision = $2
