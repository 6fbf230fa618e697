insert into asset_failed_attempts (
  asset_id,
  attempted_at,
  has_other_host_key,
  why
)
values ($1, $2, $3, $4)
on conflict (asset_id) do update
set
  attempted_at = excluded.attempted_at,
  has_other_host_key = excluded.has_other_host_key,
  why = excluded.why
