select coalesce(max(token_id), 0) + 1 as next_id
from tokens
