-- No limit: the checks of one finding, of which there are a handful.
select
  c.finding_id,
  c.check_key,
  c.title,
  c.severity,
  c.rated_by,
  c.score_tenths,
  c.needs_credentials,
  c.family,
  c.scan_policy,
  c.package,
  c.installed,
  c.fixed,
  c.wanted,
  c.published,
  c.first_seen_at,
  c.last_seen_at,
  c.gone_at,
  f.vulnerability,
  f.location
from finding_checks c
join findings f on f.finding_id = c.finding_id
where c.finding_id = $1
order by c.check_key
