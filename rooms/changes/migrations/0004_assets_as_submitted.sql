alter table change_revisions add column assets text not null default '[]';
