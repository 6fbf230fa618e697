-- No limit: how many findings have each due time, counted in the index.
select
  f.due_at as at,
  count(*) as findings
from findings f
where f.is_open = $1
  and f.due_at between $2 and $3
  and (
    $8 = 1
    or (
      ($4 is null or f.state = $4)
      and f.weight >= $5
      and f.is_exploited >= $6
      and ($7 = 0 or f.corrected_at > f.due_at)
    )
  )
group by f.due_at
order by f.due_at
