create table changes (
  change_id integer primary key not null,
  state text not null,
  requester integer not null,
  opened_at integer not null,
  revision integer not null,
  revision_last integer not null,
  change_type text not null,
  title text not null,
  approved_at integer,
  window_from integer,
  window_until integer,
  work_began_at integer,
  verifier integer,
  retrospective integer,
  retrospective_held_at integer
) strict;

create index changes_by_state on changes (state, change_id);

create table change_revisions (
  change_id integer not null references changes (change_id),
  revision integer not null,
  kind text not null,
  parts text not null,
  requester integer,
  text text,
  digest text,
  submitted_at integer,
  primary key (change_id, revision)
) strict;

create table change_authors (
  change_id integer not null references changes (change_id),
  revision integer not null,
  person_id integer not null,
  primary key (change_id, revision, person_id)
) strict;

create table change_subjects (
  change_id integer not null references changes (change_id),
  subject text not null,
  primary key (change_id, subject)
) strict;

create index change_subjects_by_subject on change_subjects (subject, change_id);

create table change_decisions (
  entry_index integer primary key not null,
  change_id integer not null references changes (change_id),
  revision integer not null,
  kind text not null,
  decision text not null,
  person_id integer not null,
  capacity text not null,
  signed_at integer not null,
  key_id text not null,
  signature text not null,
  comment text,
  alternative text,
  voided text
) strict;

create index change_decisions_by_change on change_decisions (change_id, entry_index);

create table change_workers (
  change_id integer not null references changes (change_id),
  person_id integer not null,
  began_at integer not null,
  primary key (change_id, person_id)
) strict;

create table change_told (
  change_id integer not null references changes (change_id),
  role text not null,
  person_id integer not null,
  told_at integer not null,
  primary key (change_id, role, person_id)
) strict;

create table change_comparisons (
  change_id integer not null references changes (change_id),
  asset text not null,
  differences text not null,
  compared_at integer not null,
  accepted_by integer,
  because text,
  primary key (change_id, asset)
) strict;

create table change_accepted_findings (
  change_id integer not null references changes (change_id),
  finding text not null,
  accepted_by integer not null,
  because text not null,
  primary key (change_id, finding)
) strict;

create table change_entries (
  entry_index integer primary key not null,
  change_id integer not null references changes (change_id)
) strict;

create index change_entries_by_change on change_entries (change_id, entry_index);
