update accesses
set taken_up_at = $2
where entry_index = (
  select max(entry_index)
  from accesses
  where person_id = $1
)
