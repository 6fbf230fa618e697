select coalesce(max(person_id), 0) + 1 as next_id
from people
