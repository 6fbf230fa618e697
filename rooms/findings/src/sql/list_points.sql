-- No limit: the points that findings have, of which there are some hundred at most; each is found at the end of those before it.
with recursive levels (points) as (
  select max(f.points)
  from findings f
  where f.is_open = $1
  union all
  select (
    select max(f.points)
    from findings f
    where f.is_open = $1
      and f.points < l.points
  )
  from levels l
  where l.points is not null
)
select points
from levels
where points is not null
