-- No limit: one row for each time of correction and how long it took, counted in the index. A finding that came back counts
-- from its return.
select
  f.corrected_at,
  f.corrected_at - coalesce(f.reopened_at, f.identified_at) as taken,
  count(*) as findings
from findings f
where f.is_open = 0
  and f.corrected_at is not null
group by
  f.corrected_at,
  f.corrected_at - coalesce(f.reopened_at, f.identified_at)
