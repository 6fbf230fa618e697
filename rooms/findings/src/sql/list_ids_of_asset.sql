-- No limit: every finding of the asset is weighed anew.
select finding_id
from findings
where asset_id = $1
order by finding_id
