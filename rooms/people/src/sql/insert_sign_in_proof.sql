insert into sign_in_proofs (token_id, proof)
values ($1, $2)
on conflict do nothing
