delete from change_accepted_findings
where change_id = $1
