create index changes_by_requester on changes (requester, state, change_id);
