-- The worst of what its checks say: of those that still show it, or of all where none does.
update findings
set
  (severity, score_tenths, title) = (
    select
      c.severity,
      c.score_tenths,
      c.title
    from finding_checks c
    where c.finding_id = findings.finding_id
    order by
      case
        when c.gone_at is null then 0
        else 1
      end,
      case c.severity
        when 'critical' then 4
        when 'high' then 3
        when 'medium' then 2
        when 'low' then 1
        else 0
      end desc,
      c.score_tenths desc,
      c.check_key desc
    limit 1
  ),
  published_at = (
    select min(c.published)
    from finding_checks c
    where c.finding_id = findings.finding_id
  )
where finding_id = $1
  and finding_id in (
    select finding_id
    from finding_checks
    where finding_id = $1
  )
