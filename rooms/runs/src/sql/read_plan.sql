select digest, change_subject, made_by, made_at, document
from plans
where digest = $1
