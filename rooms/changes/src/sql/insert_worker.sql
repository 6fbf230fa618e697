insert into change_workers (
  change_id,
  person_id,
  began_at
)
values ($1, $2, $3)
on conflict do nothing
