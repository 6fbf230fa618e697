-- No limit: how many findings were identified at each moment, counted in the index.
select
  f.identified_at as at,
  count(*) as findings
from findings f
where f.is_open = $1
  and (
    $8 = 1
    or (
      f.due_at between $2 and $3
      and ($4 is null or f.state = $4)
      and f.weight >= $5
      and f.is_exploited >= $6
      and ($7 = 0 or f.corrected_at > f.due_at)
    )
  )
group by f.identified_at
order by f.identified_at
