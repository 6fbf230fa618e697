update findings
set
  state = 'reopened',
  is_open = 1,
  change = null,
  reopened_at = $2,
  reopened_count = reopened_count + 1,
  corrected_at = null,
  pending = ''
where finding_id = $1
