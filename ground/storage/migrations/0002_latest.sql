alter table ledger_head add column latest_at integer;
