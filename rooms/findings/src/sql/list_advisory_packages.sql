-- No limit: names only, compared with what is installed once for each match.
select distinct package
from finding_advisory_packages
order by package
