create table findings (
  finding_id integer primary key not null,
  asset_id integer not null,
  vulnerability text not null,
  location text not null,
  state text not null,
  change text,
  identified_at integer not null,
  reported_at integer not null,
  reopened_at integer,
  reopened_count integer not null,
  corrected_at integer,
  pending text not null,
  unique (asset_id, vulnerability, location)
) strict;

create index findings_by_change on findings (change);

create table finding_checks (
  finding_id integer not null references findings (finding_id),
  check_key text not null,
  title text not null,
  severity text not null,
  rated_by text not null,
  score_tenths integer,
  needs_credentials integer not null,
  family text not null,
  scan_policy text not null,
  package text,
  installed text,
  fixed text,
  wanted text not null,
  published integer,
  first_seen_at integer not null,
  last_seen_at integer not null,
  gone_at integer,
  primary key (finding_id, check_key)
) strict;

create table finding_history (
  finding_id integer not null references findings (finding_id),
  entry_index integer not null,
  what text not null,
  at integer not null,
  source text not null,
  person_id integer not null,
  primary key (finding_id, entry_index)
) strict;

create table finding_scans (
  scan_id integer primary key not null,
  scanner text not null,
  report text not null,
  sha256 text not null unique,
  evidence_id integer not null,
  difference_id integer not null,
  hosts integer not null,
  hosts_unmatched integer not null,
  items integer not null,
  items_informative integer not null,
  counts text not null,
  imported_by integer not null,
  imported_at integer not null
) strict;

create table finding_scan_hosts (
  asset_id integer not null,
  scan_id integer not null,
  at integer not null,
  is_finished integer not null,
  is_credentialed integer not null,
  primary key (asset_id, scan_id)
) strict;

create table finding_matches (
  match_id integer primary key not null,
  asset_id integer not null,
  collection_id integer not null,
  taken_at integer not null,
  feed_id integer,
  advisories integer not null,
  unknown integer not null,
  counts text not null,
  matched_by integer not null,
  matched_at integer not null
) strict;

create index finding_matches_by_asset on finding_matches (asset_id, match_id);

create table finding_feeds (
  feed_id integer primary key not null,
  kind text not null,
  version text not null,
  evidence_id integer not null,
  entries integer not null,
  loaded_by integer not null,
  loaded_at integer not null
) strict;

create table finding_advisories (
  advisory text primary key not null,
  modified text not null,
  osv text not null,
  feed_id integer not null
) strict;

create table finding_advisory_packages (
  package text not null,
  advisory text not null references finding_advisories (advisory),
  primary key (package, advisory)
) strict;

create index finding_advisory_packages_by_advisory on finding_advisory_packages (advisory);

create table finding_exploited (
  cve text primary key not null,
  listed_at integer not null,
  feed_id integer not null
) strict;
