-- No limit: one row for each due time, counted in the index.
select
  due_at,
  count(*) as findings
from findings
where is_open = 1
group by due_at
order by due_at
