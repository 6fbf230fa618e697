update tokens
set proven_at = $2,
  proven_by = $3
where token_id = $1
