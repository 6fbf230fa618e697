insert into change_authors (
  change_id,
  revision,
  person_id
)
select
  change_id,
  $3,
  person_id
from change_authors
where change_id = $1
and revision = $2
on conflict do nothing
