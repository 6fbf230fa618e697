select words_id
from finding_words
where vulnerability = $1
  and location = $2
  and title = $3
