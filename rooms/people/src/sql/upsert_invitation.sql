insert into invitations (person_id, sha256, expires_at)
values ($1, $2, $3)
on conflict (person_id) do update set
  sha256 = excluded.sha256,
  expires_at = excluded.expires_at
