delete from finding_advisory_packages
where advisory = $1
