insert into finding_matches (
  match_id,
  asset_id,
  collection_id,
  taken_at,
  feed_id,
  advisories,
  unknown,
  counts,
  matched_by,
  matched_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
