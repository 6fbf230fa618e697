insert into changes (
  change_id,
  state,
  requester,
  opened_at,
  revision,
  revision_last,
  change_type,
  title
)
values ($1, 'draft', $2, $3, 1, 1, $4, $5)
