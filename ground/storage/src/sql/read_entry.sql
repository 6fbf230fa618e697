select entry from ledger_entries where idx = $1
