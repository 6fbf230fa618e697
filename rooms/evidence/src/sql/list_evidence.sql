select
  e.evidence_id,
  e.name,
  e.media_type,
  e.kind,
  e.sha256,
  e.size,
  e.stored_sha256,
  e.stored_size,
  e.taken_at,
  e.added_by,
  e.added_at,
  e.state,
  d.person_id as destroyed_by,
  d.destroyed_at,
  d.reason
from evidence e
left join evidence_destructions d on d.evidence_id = e.evidence_id
where e.evidence_id > $1
order by e.evidence_id
limit $2
