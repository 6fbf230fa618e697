update passkeys
set counter = $2,
  last_used_at = $3
where passkey_id = $1
