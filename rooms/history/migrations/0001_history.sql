create table history_exports (
  export_id integer primary key not null,
  kind text not null,
  subject text,
  first_index integer,
  last_index integer,
  size integer not null,
  root text not null,
  entries integer not null,
  evidence_files integer not null,
  since text not null,
  policy_version integer not null,
  exported_by integer not null,
  exported_at integer not null
) strict;

create table history_redactions (
  redaction_id integer primary key not null,
  entry_index integer not null,
  subject text not null,
  reason text not null,
  requested_by integer not null,
  requested_at integer not null,
  confirmed_by integer,
  confirmed_at integer
) strict;

create index history_redactions_by_entry on history_redactions (entry_index);

create table history_checkpoints (
  checkpoint_id integer primary key not null,
  requested_by integer not null,
  requested_at integer not null
) strict;

create table history_recoveries (
  recovery_id integer primary key not null,
  database_size integer not null,
  mark_size integer,
  mark_root text,
  reason text not null,
  first_person integer not null,
  second_person integer not null,
  recovered_at integer not null
) strict;
