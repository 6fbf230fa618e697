select
  export_id,
  kind,
  subject,
  first_index,
  last_index,
  size,
  root,
  entries,
  evidence_files,
  since,
  policy_version,
  exported_by,
  exported_at
from history_exports
where export_id < $1
order by export_id desc
limit $2
