update findings
set
  state = case
    when change is not null then 'ticketed'
    when reopened_count > 0 then 'reopened'
    else 'open'
  end,
  pending = ''
where finding_id = $1
  and state = 'pending_restart'
