insert into change_revisions (
  change_id,
  revision,
  kind,
  parts
)
select
  change_id,
  $2,
  'retrospective',
  parts
from change_revisions
where change_id = $1
and revision = (select revision from changes where change_id = $1)
