select role
from person_roles
where person_id = $1
order by role
