create table evidence (
  evidence_id integer primary key not null,
  name text not null,
  media_type text not null,
  kind text not null,
  sha256 text not null,
  size integer not null,
  stored_sha256 text not null unique,
  stored_size integer not null,
  taken_at integer not null,
  added_by integer not null,
  added_at integer not null,
  state text not null
) strict;

create table evidence_subjects (
  subject text not null,
  evidence_id integer not null references evidence (evidence_id),
  primary key (subject, evidence_id)
) strict;

create index evidence_subjects_by_evidence on evidence_subjects (evidence_id);

create table evidence_objectives (
  evidence_id integer not null references evidence (evidence_id),
  objective text not null,
  primary key (evidence_id, objective)
) strict;

create table evidence_openings (
  opening_id integer primary key not null,
  evidence_id integer not null references evidence (evidence_id),
  person_id integer not null,
  opened_at integer not null
) strict;

create index evidence_openings_by_evidence on evidence_openings (evidence_id);

create table evidence_destructions (
  evidence_id integer primary key not null references evidence (evidence_id),
  person_id integer not null,
  destroyed_at integer not null,
  reason text not null
) strict;
