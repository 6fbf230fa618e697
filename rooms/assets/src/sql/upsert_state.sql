insert into asset_states (
  asset_id,
  taken_at,
  evidence_id,
  hostname,
  os,
  os_version,
  architecture,
  kernel,
  firmware,
  machine_id,
  boot_id,
  reboot,
  pending,
  security,
  packages
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (asset_id) do update
set
  taken_at = excluded.taken_at,
  evidence_id = excluded.evidence_id,
  hostname = excluded.hostname,
  os = excluded.os,
  os_version = excluded.os_version,
  architecture = excluded.architecture,
  kernel = excluded.kernel,
  firmware = excluded.firmware,
  machine_id = excluded.machine_id,
  boot_id = excluded.boot_id,
  reboot = excluded.reboot,
  pending = excluded.pending,
  security = excluded.security,
  packages = excluded.packages
