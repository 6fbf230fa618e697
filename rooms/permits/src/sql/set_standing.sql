update permits
set
  standing = $2
where permit_id = $1
