update findings
set
  state = 'remediated',
  corrected_at = $2,
  pending = ''
where finding_id = $1
