update evidence
set state = $2
where evidence_id = $1
