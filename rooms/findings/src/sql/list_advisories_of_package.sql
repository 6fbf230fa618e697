-- No limit: an advisory that were left out would be taken for one that does not apply.
select
  a.advisory,
  a.osv
from finding_advisory_packages p
join finding_advisories a on a.advisory = p.advisory
where p.package = $1
order by a.advisory
