update recovery_codes
set used_at = $3
where person_id = $1
  and number = $2
