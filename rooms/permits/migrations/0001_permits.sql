create table permits (
  permit_id integer primary key not null,
  change_id integer not null,
  standing text not null,
  starts_at integer not null,
  ends_at integer not null,
  people text not null,
  assets text not null,
  actions text not null,
  issued_by integer not null,
  issued_at integer not null
) strict;

create index permits_by_change on permits (change_id, permit_id);

create table permit_answers (
  entry_index integer primary key not null,
  change_id integer not null,
  permit_id integer,
  person_id integer not null,
  asset text not null,
  action text not null,
  is_allowed integer not null,
  reasons text not null,
  jti text,
  answered_at integer not null
) strict;

create index permit_answers_by_change on permit_answers (change_id, entry_index);

create index permit_answers_by_jti on permit_answers (jti);

create table permit_commands (
  entry_index integer primary key not null,
  change_id integer not null,
  jti text not null,
  exit_code integer not null,
  duration_ms integer not null,
  evidence_id integer not null,
  ended_at integer not null
) strict;

create index permit_commands_by_change on permit_commands (change_id, entry_index);
