select used_at
from used_challenges
where sha256 = $1
