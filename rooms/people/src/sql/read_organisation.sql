select name
from organisations
where organisation_id = 1
