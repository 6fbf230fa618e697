insert into plans (digest, change_subject, made_by, made_at, document)
values ($1, $2, $3, $4, $5)
on conflict (digest) do nothing
