create table sign_in_proofs (
  token_id integer not null references tokens (token_id),
  proof text not null,
  primary key (token_id, proof)
) strict;

insert into sign_in_proofs (token_id, proof)
with proven as (
  select
    json_extract(cast(payload as text), '$.token') as token,
    json_extract(cast(payload as text), '$.passkey.passkey') as passkey,
    json_extract(cast(payload as text), '$.recovery_code') as recovery_code
  from ledger_payloads
  join ledger_entries using (idx)
  where json_extract(cast(entry as text), '$.type') = 'people.proven_again'
    or (
      json_extract(cast(entry as text), '$.type') = 'people.token_issued'
      and json_extract(cast(payload as text), '$.kind') = 'sign-in'
    )
)
select
  cast(substr(token, instr(token, '-') + 1) as integer),
  coalesce(passkey, 'password')
from proven
union
select
  cast(substr(token, instr(token, '-') + 1) as integer),
  'recovery_code'
from proven
where recovery_code is not null;
