update findings
set
  change = null,
  state = case
    when state <> 'ticketed' then state
    when reopened_count > 0 then 'reopened'
    else 'open'
  end
where change = $1
  and state <> 'remediated'
