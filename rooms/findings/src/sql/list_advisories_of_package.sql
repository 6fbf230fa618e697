select
  a.advisory,
  a.osv
from finding_advisory_packages p
join finding_advisories a on a.advisory = p.advisory
where p.package = $1
order by a.advisory
