-- No limit: a text may stand anywhere in a name; the index is read from end to end.
select asset_id
from finding_assets
where name like $1 escape '\'
