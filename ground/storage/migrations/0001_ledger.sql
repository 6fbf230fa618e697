create table ledger_entries (
  idx integer primary key not null,
  entry blob not null,
  leaf_hash blob not null
) strict;

create trigger ledger_entries_are_never_updated before update on ledger_entries
begin select raise(abort, 'ledger entries are never updated'); end;

create trigger ledger_entries_are_never_deleted before delete on ledger_entries
begin select raise(abort, 'ledger entries are never deleted'); end;

create table ledger_payloads (
  idx integer primary key not null,
  salt blob,
  payload blob not null
) strict;

create trigger ledger_payloads_are_only_blanked before update on ledger_payloads
when new.salt is not null or new.idx <> old.idx
begin select raise(abort, 'a payload is only ever blanked'); end;

create trigger ledger_payloads_are_never_deleted before delete on ledger_payloads
begin select raise(abort, 'a payload is only ever blanked'); end;

create table ledger_subjects (
  subject text primary key not null,
  last_idx integer not null
) strict;

create table ledger_nodes (
  level integer not null,
  position integer not null,
  hash blob not null,
  primary key (level, position)
) strict;

create trigger ledger_nodes_are_never_updated before update on ledger_nodes
begin select raise(abort, 'ledger nodes are never updated'); end;

create table ledger_head (
  id integer primary key not null check (id = 1),
  size integer not null,
  root blob not null,
  frontier blob not null
) strict;

create table ledger_checkpoints (
  size integer primary key not null,
  root blob not null,
  signed_at integer not null
) strict;
