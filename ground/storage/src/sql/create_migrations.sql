create table if not exists ledger_migrations (
  name text primary key not null
) strict;
