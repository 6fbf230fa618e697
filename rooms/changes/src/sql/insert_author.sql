insert into change_authors (
  change_id,
  revision,
  person_id
)
values ($1, $2, $3)
on conflict do nothing
