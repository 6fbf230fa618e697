select payload from ledger_payloads where idx = $1
