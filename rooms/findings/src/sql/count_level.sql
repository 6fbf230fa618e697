-- No limit: one row, counted in the index.
select count(*) as findings
from findings f
where f.is_open = $1
  and f.points = $2
  and f.due_at between $3 and $4
  and ($5 is null or f.state = $5)
  and f.weight >= $6
  and f.is_exploited >= $7
  and ($8 = 0 or f.corrected_at > f.due_at)
