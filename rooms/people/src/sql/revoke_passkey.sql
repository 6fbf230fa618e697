update passkeys
set revoked_at = $2
where passkey_id = $1
  and revoked_at is null
