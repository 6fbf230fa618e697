select
  asset,
  differences,
  compared_at,
  accepted_by,
  because
from change_comparisons
where change_id = $1
order by asset
