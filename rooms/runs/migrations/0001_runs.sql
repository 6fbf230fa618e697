create table plans (
    digest text primary key,
    change_subject text not null,
    made_by integer not null,
    made_at integer not null,
    document text not null
) strict;

create index plans_by_change on plans (change_subject, made_at);

create table runs (
    run_id integer primary key,
    change_subject text not null,
    plan_digest text not null,
    permit_subject text not null,
    executor integer not null,
    halt_percent integer not null,
    soak_s integer not null,
    started_at integer not null,
    state text not null,
    reason text,
    ended_at integer
) strict;

create index runs_by_change on runs (change_subject, run_id);
create index runs_by_end on runs (ended_at, run_id);

create table run_rings (
    run_id integer not null references runs (run_id),
    ring integer not null,
    gate text not null,
    ended_at integer,
    verdict text,
    said text,
    is_passed integer not null,
    accepted integer not null,
    primary key (run_id, ring)
) strict;

create table run_hosts (
    run_id integer not null references runs (run_id),
    ring integer not null,
    position integer not null,
    asset_subject text not null,
    state text not null,
    attempt integer not null,
    open_step text,
    boot_id text,
    is_touched integer not null,
    reason text,
    primary key (run_id, asset_subject)
) strict;

create table run_steps (
    run_id integer not null references runs (run_id),
    entry integer not null,
    asset_subject text not null,
    attempt integer not null,
    step text not null,
    job text,
    started_at integer not null,
    finished_at integer,
    state text,
    reason text,
    differences text,
    primary key (run_id, entry)
) strict;

create table run_packages (
    run_id integer not null references runs (run_id),
    asset_subject text not null,
    attempt integer not null,
    step text not null,
    package text not null,
    wanted text not null,
    version_before text not null,
    version_after text not null,
    outcome text not null,
    reason text not null,
    primary key (run_id, asset_subject, attempt, step, package)
) strict;
