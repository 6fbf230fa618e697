-- What a stranger guesses at the password locks no passkey: each way has failures of its own.
alter table sign_in_failures add column passkey_failures integer not null default 0;
alter table sign_in_failures add column passkey_last_failure_at integer not null default 0;
