delete from change_comparisons
where change_id = $1
and asset = $2
