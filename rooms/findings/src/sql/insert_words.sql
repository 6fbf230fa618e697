insert into finding_words (
  words_id,
  vulnerability,
  location,
  title
)
values (
  (
    select coalesce(max(words_id), 0) + 1
    from finding_words
  ),
  $1,
  $2,
  $3
)
