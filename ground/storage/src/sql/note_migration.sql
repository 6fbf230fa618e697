insert into ledger_migrations (name) values ($1)
