select
  entry_index
from permit_commands
where change_id = $1
and jti = $2
limit 1
