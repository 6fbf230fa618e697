alter table permits add column revision integer not null default 0;
