insert into change_subjects (
  change_id,
  subject
)
values ($1, $2)
on conflict do nothing
