select distinct package
from finding_advisory_packages
order by package
