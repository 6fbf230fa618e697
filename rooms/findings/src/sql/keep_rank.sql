update findings
set
  weight = $2,
  is_exploited = $3,
  points = $4,
  due_at = $5,
  words_id = $6
where finding_id = $1
