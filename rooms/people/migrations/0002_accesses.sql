create table accesses (
  entry_index integer primary key not null,
  person_id integer not null references people (person_id),
  opened_by integer not null references people (person_id),
  opened_at integer not null,
  is_reset integer not null,
  is_alone integer not null,
  taken_up_at integer,
  confirmed_by integer references people (person_id),
  confirmed_at integer
) strict;

create index accesses_by_person on accesses (person_id, entry_index);
