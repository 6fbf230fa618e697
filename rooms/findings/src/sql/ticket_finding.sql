update findings
set
  change = $2,
  state = case
    when state in ('open', 'reopened') then 'ticketed'
    else state
  end
where finding_id = $1
