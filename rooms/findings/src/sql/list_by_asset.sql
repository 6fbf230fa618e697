-- Findings by the name of their asset. The sum keeps the due time from choosing the index.
select
  f.finding_id,
  f.asset_id,
  f.words_id
from finding_assets a
cross join findings f on f.asset_id = a.asset_id
where ($13 is null or a.name >= $13)
  and f.is_open = $1
  and f.due_at + 0 between $2 and $3
  and ($4 is null or f.state = $4)
  and f.weight >= $5
  and f.is_exploited >= $6
  and ($7 = 0 or f.corrected_at > f.due_at)
order by
  a.name,
  f.points + case
    when f.due_at < $9 then $11
    when f.due_at <= $10 then $12
    else 0
  end desc,
  f.finding_id
limit $8
