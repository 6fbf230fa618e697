update changes
set
  retrospective = $2,
  revision_last = $2,
  retrospective_held_at = coalesce(retrospective_held_at, $3)
where change_id = $1
