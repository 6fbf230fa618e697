-- Findings by when they were identified. The sum keeps the due time from choosing the index.
select
  f.finding_id,
  f.asset_id,
  f.words_id
from findings f
where f.is_open = $1
  and f.identified_at <= $13
  and f.due_at + 0 between $2 and $3
  and ($4 is null or f.state = $4)
  and f.weight >= $5
  and f.is_exploited >= $6
  and ($7 = 0 or f.corrected_at > f.due_at)
order by
  f.identified_at desc,
  f.points + case
    when f.due_at < $9 then $11
    when f.due_at <= $10 then $12
    else 0
  end desc,
  f.finding_id
limit $8
