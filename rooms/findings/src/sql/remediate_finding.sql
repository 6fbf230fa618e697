update findings
set
  state = 'remediated',
  is_open = 0,
  corrected_at = $2,
  pending = ''
where finding_id = $1
