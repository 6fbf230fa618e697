select points
from finding_assets
where asset_id = $1
