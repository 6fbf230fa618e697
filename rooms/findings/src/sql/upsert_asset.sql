insert into finding_assets (asset_id, name, points)
values ($1, $2, $3)
on conflict (asset_id) do update
set
  name = excluded.name,
  points = excluded.points
