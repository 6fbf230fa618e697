insert into history_recoveries
  (recovery_id, database_size, mark_size, mark_root, reason, first_person, second_person, recovered_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
