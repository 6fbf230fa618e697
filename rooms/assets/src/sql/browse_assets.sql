select a.asset_id
from assets a
left join asset_states s on s.asset_id = a.asset_id
where case $1
  when 'retired' then a.retired_at is not null
  when 'all' then true
  else a.retired_at is null
end
  and ($2 is null or a.classification = $2)
  and ($3 is null or a.criticality = $3)
  and ($4 is null or a.exposure = $4)
  and ($5 is null or a.environment = $5)
  and case $6
    when 'never' then s.taken_at is null
    when 'older' then s.taken_at < $7
    when 'fresh' then s.taken_at >= $7
    else true
  end
  and (
    $8 is null
    or a.name like $8 escape '\'
    or a.addresses like $8 escape '\'
    or a.owner like $8 escape '\'
    or a.os like $8 escape '\'
    or s.os like $8 escape '\'
    or a.patch_group like $8 escape '\'
  )
order by
  case $9
    when 'collected' then coalesce(s.taken_at, 0)
    when '-collected' then -coalesce(s.taken_at, 0)
    when 'updates' then coalesce(s.pending, -1)
    when '-updates' then -coalesce(s.pending, -1)
    when 'security' then coalesce(s.security, -1)
    when '-security' then -coalesce(s.security, -1)
  end,
  case $9
    when '-name' then a.name_key
  end desc,
  a.name_key,
  a.asset_id
limit $10
offset $11
