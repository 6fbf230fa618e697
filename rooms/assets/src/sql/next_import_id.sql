select coalesce(max(import_id), 0) + 1 as next_id
from asset_imports
