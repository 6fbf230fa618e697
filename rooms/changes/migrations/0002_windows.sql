create index changes_by_window on changes (window_until, window_from);
