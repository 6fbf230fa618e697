-- The rank of each finding is kept beside it; what it is made of is told by the checks, the assets and the policy. Rows that
-- are there already get theirs when every table is made again, as storage does when a room begins to follow others.
-- A finding without a due time is kept as due at 9000000000000000, after all others.

create table finding_assets (
  asset_id integer primary key not null,
  name text not null,
  points integer not null
) strict;

create index finding_assets_by_name on finding_assets (name, asset_id);

create table finding_words (
  words_id integer primary key not null,
  vulnerability text not null,
  title text not null,
  location text not null,
  unique (vulnerability, location, title)
) strict;

drop index findings_to_rank;

alter table findings drop column severity;
alter table findings drop column score_tenths;
alter table findings drop column title;
alter table findings drop column published_at;

alter table findings add column is_open integer not null default 1;
alter table findings add column weight integer not null default 0;
alter table findings add column points integer not null default 0;
alter table findings add column due_at integer not null default 9000000000000000;
alter table findings add column words_id integer not null default 0;

create index findings_by_rank on findings (
  is_open,
  points,
  due_at,
  state,
  weight,
  is_exploited,
  corrected_at,
  words_id,
  asset_id
);

create index findings_by_due on findings (
  is_open,
  due_at,
  points desc,
  state,
  weight,
  is_exploited,
  corrected_at,
  words_id,
  asset_id
);

create index findings_by_identified on findings (
  is_open,
  identified_at,
  points,
  due_at,
  state,
  weight,
  is_exploited,
  corrected_at,
  words_id,
  asset_id
);

create index findings_by_asset on findings (
  asset_id,
  is_open,
  points,
  due_at,
  state,
  weight,
  is_exploited,
  corrected_at,
  words_id,
  identified_at
);

create index findings_by_correction on findings (is_open, corrected_at, reopened_at, identified_at);
