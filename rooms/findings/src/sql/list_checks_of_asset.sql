-- No limit: all checks of the findings of one asset, which an import bounds.
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
where f.asset_id = $1
order by
  c.finding_id,
  c.check_key
