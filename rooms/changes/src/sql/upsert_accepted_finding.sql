insert into change_accepted_findings (
  change_id,
  finding,
  accepted_by,
  because
)
values ($1, $2, $3, $4)
on conflict (change_id, finding) do update set
  accepted_by = excluded.accepted_by,
  because = excluded.because
