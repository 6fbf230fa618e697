select count(*) as confirmed
from history_redactions
where entry_index = $1
  and confirmed_by is not null
