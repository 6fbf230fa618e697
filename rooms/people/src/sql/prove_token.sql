update tokens
set proven_at = $2,
  proven_by = $3,
  sha256 = coalesce($4, sha256)
where token_id = $1
