insert into finding_advisories (
  advisory,
  modified,
  osv,
  feed_id
)
values ($1, $2, $3, $4)
on conflict (advisory) do update
set
  modified = excluded.modified,
  osv = excluded.osv,
  feed_id = excluded.feed_id
