select name from ledger_migrations order by name
