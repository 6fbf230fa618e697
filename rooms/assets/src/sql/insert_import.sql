insert into asset_imports (
  import_id,
  mapping,
  evidence_id,
  difference_evidence_id,
  difference,
  imported_by,
  imported_at
)
values ($1, $2, $3, $4, $5, $6, $7)
