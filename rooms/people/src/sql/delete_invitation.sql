delete from invitations
where person_id = $1
