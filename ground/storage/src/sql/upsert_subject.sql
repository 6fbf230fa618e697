insert into ledger_subjects (subject, last_idx)
values ($1, $2)
on conflict (subject) do update set last_idx = excluded.last_idx
