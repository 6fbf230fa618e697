update changes
set
  state = 'draft',
  revision = $2,
  revision_last = case when revision_last < $2 then $2 else revision_last end,
  title = $3,
  approved_at = null,
  window_from = null,
  window_until = null
where change_id = $1
