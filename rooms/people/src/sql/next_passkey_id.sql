select coalesce(max(passkey_id), 0) + 1 as next_id
from passkeys
