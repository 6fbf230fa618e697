insert into policies (version, document, digest, change_subject, adopted_by, adopted_at)
values ($1, $2, $3, $4, $5, $6)
