delete from used_challenges
where used_at < $1
