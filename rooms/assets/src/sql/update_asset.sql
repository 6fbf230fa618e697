update assets
set
  name_key = $2,
  name = $3,
  kind = $4,
  owner = $5,
  maintenance_contact = $6,
  purpose = $7,
  os = $8,
  os_version = $9,
  firmware = $10,
  location = $11,
  environment = $12,
  classification = $13,
  criticality = $14,
  exposure = $15,
  maintenance_risk = $16,
  ring = $17,
  patch_group = $18,
  maintenance_window = $19,
  addresses = $20,
  management_path = $21,
  reference = $22
where asset_id = $1
