insert into finding_checks (
  finding_id,
  check_key,
  title,
  severity,
  rated_by,
  score_tenths,
  needs_credentials,
  family,
  scan_policy,
  package,
  installed,
  fixed,
  wanted,
  published,
  first_seen_at,
  last_seen_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
on conflict (finding_id, check_key) do update
set
  title = excluded.title,
  severity = excluded.severity,
  rated_by = excluded.rated_by,
  score_tenths = excluded.score_tenths,
  needs_credentials = excluded.needs_credentials,
  family = excluded.family,
  scan_policy = excluded.scan_policy,
  package = excluded.package,
  installed = excluded.installed,
  fixed = excluded.fixed,
  wanted = excluded.wanted,
  published = excluded.published
