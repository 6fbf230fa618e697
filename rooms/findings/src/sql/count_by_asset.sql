-- No limit: how many findings are on assets of each name, counted in the index asset by asset, since names take long to compare.
select
  a.name,
  sum((
    select count(*)
    from findings f
    where f.asset_id = a.asset_id
      and f.is_open = $1
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
  )) as findings
from finding_assets a
group by a.name
order by a.name
