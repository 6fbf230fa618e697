-- No limit: one row.
select
  coalesce(sum(s.taken_at >= $1), 0) as day,
  coalesce(sum(s.taken_at >= $2 and s.taken_at < $1), 0) as week,
  coalesce(sum(s.taken_at >= $3 and s.taken_at < $2), 0) as month,
  coalesce(sum(s.taken_at < $3), 0) as older,
  coalesce(sum(s.taken_at is null), 0) as never
from assets a
left join asset_states s on s.asset_id = a.asset_id
where a.retired_at is null
