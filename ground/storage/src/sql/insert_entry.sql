insert into ledger_entries (idx, entry, leaf_hash) values ($1, $2, $3)
