insert into change_revisions (
  change_id,
  revision,
  kind,
  parts
)
values ($1, $2, $3, $4)
on conflict (change_id, revision) do update set
  parts = excluded.parts
