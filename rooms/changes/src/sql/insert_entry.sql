insert into change_entries (
  entry_index,
  change_id
)
values ($1, $2)
