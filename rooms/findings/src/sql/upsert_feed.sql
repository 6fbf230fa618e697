insert into finding_feeds (
  feed_id,
  kind,
  version,
  evidence_id,
  entries,
  loaded_by,
  loaded_at
)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (feed_id) do update
set entries = finding_feeds.entries + excluded.entries
