delete from change_subjects
where change_id = $1
