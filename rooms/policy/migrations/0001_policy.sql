create table policies (
  version integer primary key not null,
  document text not null,
  digest text not null,
  change_subject text,
  adopted_by integer not null,
  adopted_at integer not null
) strict;
