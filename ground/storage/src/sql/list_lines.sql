select
  ledger_entries.idx,
  ledger_entries.entry,
  ledger_payloads.salt is null as is_blanked
from ledger_entries
join ledger_payloads on ledger_payloads.idx = ledger_entries.idx
where ledger_entries.idx >= $1
  and ledger_entries.idx < $2
order by ledger_entries.idx
