-- One row per invitation that a person was ever given: few, but all of them are wanted.
select
  opened_by,
  opened_at,
  is_reset,
  is_alone,
  taken_up_at,
  confirmed_by,
  confirmed_at
from accesses
where person_id = $1
order by entry_index
limit 10000
