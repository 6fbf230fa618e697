insert into accesses (entry_index, person_id, opened_by, opened_at, is_reset, is_alone)
values ($1, $2, $3, $4, $5, $6)
