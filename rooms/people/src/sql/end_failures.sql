update sign_in_failures
set
  failures = 0,
  passkey_failures = 0
where person_id = $1
