-- What little there is of is read at once and then sorted: findings of one class, and findings of which something is said.

create index findings_by_class on findings (
  state,
  weight,
  is_exploited,
  due_at,
  points,
  corrected_at,
  words_id,
  asset_id,
  identified_at
);

create index findings_by_words on findings (
  words_id,
  is_open,
  due_at,
  points,
  state,
  weight,
  is_exploited,
  corrected_at,
  asset_id,
  identified_at
);
