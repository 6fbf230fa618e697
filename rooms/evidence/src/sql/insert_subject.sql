insert into evidence_subjects (subject, evidence_id)
values ($1, $2)
