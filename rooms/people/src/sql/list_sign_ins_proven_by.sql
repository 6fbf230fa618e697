select
  tokens.token_id
from tokens
join sign_in_proofs on sign_in_proofs.token_id = tokens.token_id
where tokens.person_id = $1
  and sign_in_proofs.proof = $2
  and tokens.revoked_at is null
  and tokens.expires_at > $3
order by tokens.token_id
limit 1000
