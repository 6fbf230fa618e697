select e.evidence_id
from evidence_subjects s
join evidence e on e.evidence_id = s.evidence_id
where s.subject = $1
  and ($2 is null or e.kind = $2)
  and ($3 is null or e.state = $3)
  and ($4 is null or e.added_by = $4)
  and ($5 is null or e.name like $5 escape '\')
order by s.evidence_id desc
limit $6
offset $7
