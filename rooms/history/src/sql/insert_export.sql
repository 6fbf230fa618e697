insert into history_exports
  (export_id, kind, subject, first_index, last_index, size, root, entries, evidence_files, since, policy_version, exported_by, exported_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
