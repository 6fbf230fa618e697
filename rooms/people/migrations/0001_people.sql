create table organisations (
  organisation_id integer primary key not null,
  name text not null,
  verifier_key text not null
) strict;

create table people (
  person_id integer primary key not null,
  handle text not null unique,
  name text not null,
  is_active integer not null,
  enrolled_at integer not null
) strict;

create table person_roles (
  person_id integer not null references people (person_id),
  role text not null,
  primary key (person_id, role)
) strict;

create table invitations (
  person_id integer primary key not null references people (person_id),
  sha256 text not null,
  expires_at integer not null
) strict;

create table passwords (
  person_id integer primary key not null references people (person_id),
  sealed_hash text not null,
  sealed_totp_secret text not null,
  last_step integer not null,
  failures integer not null,
  last_failure_at integer not null
) strict;

create table signing_keys (
  key_id integer primary key not null,
  person_id integer not null references people (person_id),
  openssh text not null unique,
  fingerprint text not null,
  enrolled_at integer not null,
  revoked_at integer
) strict;

create table tokens (
  token_id integer primary key not null,
  person_id integer not null references people (person_id),
  kind text not null,
  name text not null,
  sha256 text not null,
  scope text not null,
  issued_at integer not null,
  expires_at integer not null,
  revoked_at integer
) strict;

create index tokens_by_person on tokens (person_id);
