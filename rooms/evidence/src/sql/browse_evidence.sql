select evidence_id
from evidence
where ($1 is null or state = $1)
  and ($2 is null or added_by = $2)
  and ($3 is null or name like $3 escape '\')
order by evidence_id desc
limit $4
offset $5
