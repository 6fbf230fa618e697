insert into asset_mappings (
  mapping_id,
  name,
  document,
  saved_by,
  saved_at
)
values ($1, $2, $3, $4, $5)
on conflict (mapping_id) do update
set
  document = excluded.document,
  saved_by = excluded.saved_by,
  saved_at = excluded.saved_at
