-- No limit: a text may be said of any of them. Findings of one weight whose due time lies in one range, in no order: whoever asks
-- sorts those that are left, since a sort of rows that are thrown away costs most.
select
  f.finding_id,
  f.asset_id,
  f.words_id
from findings f
where f.is_open = $1
  and f.points = $2
  and f.due_at between $3 and $4
  and ($5 is null or f.state = $5)
  and f.weight >= $6
  and f.is_exploited >= $7
  and ($8 = 0 or f.corrected_at > f.due_at)
