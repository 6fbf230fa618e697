select evidence_id
from evidence
where kind = $1
  and ($2 is null or state = $2)
  and ($3 is null or added_by = $3)
  and ($4 is null or name like $4 escape '\')
order by evidence_id desc
limit $5
offset $6
