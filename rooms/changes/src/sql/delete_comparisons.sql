delete from change_comparisons
where change_id = $1
