select
  changes.change_id
from change_subjects
join changes on changes.change_id = change_subjects.change_id
where change_subjects.subject = $1
and changes.state not in ('closed', 'cancelled')
order by changes.change_id
limit 1000
