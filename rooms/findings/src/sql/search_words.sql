-- No limit and no index: a text may stand anywhere. What is said of many findings stands here once.
select words_id
from finding_words
where vulnerability like $1 escape '\'
  or title like $1 escape '\'
  or location like $1 escape '\'
