alter table findings add column severity text not null default 'none';
alter table findings add column score_tenths integer;
alter table findings add column title text not null default '';
alter table findings add column published_at integer;
alter table findings add column is_exploited integer not null default 0;

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
where finding_id in (select finding_id from finding_checks);

update findings
set is_exploited = 1
where vulnerability in (select cve from finding_exploited);

create index findings_by_vulnerability on findings (vulnerability);

create index findings_to_rank on findings (
  asset_id,
  state,
  severity,
  score_tenths,
  is_exploited,
  identified_at,
  published_at,
  reopened_at,
  corrected_at
);
