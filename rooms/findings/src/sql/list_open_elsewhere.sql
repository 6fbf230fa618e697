-- No limit and no index: an import names every finding that it did not reach, once for each file.
select distinct
  f.finding_id,
  f.asset_id
from findings f
join finding_checks c on c.finding_id = f.finding_id
where f.state <> 'remediated'
  and c.gone_at is null
  and c.check_key like $1
order by f.finding_id
