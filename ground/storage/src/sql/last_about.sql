select last_idx from ledger_subjects where subject = $1
