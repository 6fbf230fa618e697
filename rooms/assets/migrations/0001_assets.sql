create table assets (
  asset_id integer primary key not null,
  name text not null,
  name_key text not null,
  kind text not null,
  owner text not null,
  maintenance_contact text not null,
  purpose text not null,
  os text not null,
  os_version text not null,
  firmware text not null,
  location text not null,
  environment text not null,
  classification text not null,
  criticality text not null,
  exposure text not null,
  maintenance_risk text not null,
  ring text not null,
  patch_group text not null,
  maintenance_window text not null,
  addresses text not null,
  management_path text not null,
  reference text not null,
  source text not null,
  registered_at integer not null,
  last_patched_at integer,
  retired_by integer,
  retired_at integer,
  retired_reason text
) strict;

create unique index assets_in_use_by_name on assets (name_key) where retired_at is null;

create table asset_connections (
  asset_id integer primary key not null references assets (asset_id),
  way text not null,
  address text,
  port integer,
  login text,
  become_root text,
  host_key text
) strict;

create table asset_states (
  asset_id integer primary key not null references assets (asset_id),
  taken_at integer not null,
  evidence_id integer not null,
  hostname text not null,
  os text not null,
  os_version text not null,
  architecture text not null,
  kernel text not null,
  firmware text not null,
  machine_id text not null,
  boot_id text not null,
  reboot text not null,
  pending integer,
  security integer,
  packages integer not null
) strict;

create index asset_states_by_machine_id on asset_states (machine_id);

create table asset_packages (
  asset_id integer not null references assets (asset_id),
  name text not null,
  architecture text not null,
  version text not null,
  source text not null,
  source_version text not null,
  state text not null,
  is_held integer not null,
  primary key (asset_id, name, architecture, version)
) strict;

create table asset_updates (
  asset_id integer not null references assets (asset_id),
  position integer not null,
  package text not null,
  architecture text not null,
  installed text not null,
  candidate text not null,
  origins text not null,
  security text not null,
  standing text not null,
  primary key (asset_id, position)
) strict;

create table asset_failed_attempts (
  asset_id integer primary key not null references assets (asset_id),
  attempted_at integer not null,
  has_other_host_key integer not null,
  why text not null
) strict;

create table asset_imports (
  import_id integer primary key not null,
  mapping text not null,
  evidence_id integer not null,
  difference_evidence_id integer not null,
  difference text not null,
  imported_by integer not null,
  imported_at integer not null
) strict;

create table asset_mappings (
  mapping_id integer primary key not null,
  name text not null unique,
  document text not null,
  saved_by integer not null,
  saved_at integer not null
) strict;
