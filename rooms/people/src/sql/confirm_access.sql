update accesses
set confirmed_by = $2,
  confirmed_at = $3
where entry_index = (
  select max(entry_index)
  from accesses
  where person_id = $1
    and taken_up_at is not null
)
