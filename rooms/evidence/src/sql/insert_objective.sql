insert into evidence_objectives (evidence_id, objective)
values ($1, $2)
