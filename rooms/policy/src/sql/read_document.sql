select document
from policies
where version = $1
