insert into used_challenges (sha256, used_at)
values ($1, $2)
on conflict (sha256) do nothing
