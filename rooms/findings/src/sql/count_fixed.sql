-- No limit: one row. A finding that came back counts from its return.
select
  coalesce(sum(d.taken <= $2), 0) as day,
  coalesce(sum(d.taken > $2 and d.taken <= $3), 0) as week,
  coalesce(sum(d.taken > $3 and d.taken <= $4), 0) as month,
  coalesce(sum(d.taken > $4 and d.taken <= $5), 0) as quarter,
  coalesce(sum(d.taken > $5), 0) as longer
from (
  select f.corrected_at - coalesce(f.reopened_at, f.identified_at) as taken
  from findings f
  where f.is_open = 0
    and f.corrected_at >= $1
) d
