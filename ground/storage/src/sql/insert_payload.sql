insert into ledger_payloads (idx, salt, payload) values ($1, $2, $3)
