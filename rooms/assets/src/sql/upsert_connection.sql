insert into asset_connections (
  asset_id,
  way,
  address,
  port,
  login,
  become_root,
  host_key
)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (asset_id) do update
set
  way = excluded.way,
  address = excluded.address,
  port = excluded.port,
  login = excluded.login,
  become_root = excluded.become_root,
  host_key = excluded.host_key
