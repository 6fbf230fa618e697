-- No limit: one row, counted in the index.
select
  (
    select count(*)
    from findings
    where is_open = 1
      and due_at < $1
  ) as late,
  (
    select count(*)
    from findings
    where is_open = 1
      and due_at between $1 and $2
  ) as week,
  (
    select count(*)
    from findings
    where is_open = 1
      and due_at > $2
      and due_at <= $3
  ) as month,
  (
    select count(*)
    from findings
    where is_open = 1
      and due_at > $3
      and due_at < $4
  ) as later,
  (
    select count(*)
    from findings
    where is_open = 1
      and due_at = $4
  ) as unlimited
