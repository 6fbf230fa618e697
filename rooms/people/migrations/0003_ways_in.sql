create table sign_in_failures (
  person_id integer primary key not null references people (person_id),
  failures integer not null,
  last_failure_at integer not null
) strict;

insert into sign_in_failures (person_id, failures, last_failure_at)
select
  person_id,
  failures,
  last_failure_at
from passwords;

alter table passwords drop column failures;

alter table passwords drop column last_failure_at;

alter table tokens add column proven_by text not null default 'password+totp';

alter table tokens add column proven_at integer not null default 0;

alter table tokens add column source text not null default '';

update tokens set proven_at = issued_at;

create table passkeys (
  passkey_id integer primary key not null,
  person_id integer not null references people (person_id),
  name text not null,
  credential text not null unique,
  openssh text not null,
  counter integer not null,
  enrolled_at integer not null,
  last_used_at integer,
  revoked_at integer
) strict;

create index passkeys_by_person on passkeys (person_id);

create table recovery_codes (
  person_id integer not null references people (person_id),
  number integer not null,
  sha256 text not null,
  made_at integer not null,
  used_at integer,
  primary key (person_id, number)
) strict;

create table used_challenges (
  sha256 text primary key not null,
  used_at integer not null
) strict;
