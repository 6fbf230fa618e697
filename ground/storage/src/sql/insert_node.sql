insert into ledger_nodes (level, position, hash) values ($1, $2, $3)
