insert into change_comparisons (
  change_id,
  asset,
  differences,
  compared_at
)
values ($1, $2, $3, $4)
on conflict (change_id, asset) do update set
  differences = excluded.differences,
  compared_at = excluded.compared_at,
  accepted_by = null,
  because = null
