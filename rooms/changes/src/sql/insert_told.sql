insert into change_told (
  change_id,
  role,
  person_id,
  told_at
)
values ($1, $2, $3, $4)
on conflict do nothing
