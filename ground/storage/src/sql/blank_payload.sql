update ledger_payloads
set salt = null,
  payload = $2
where idx = $1
