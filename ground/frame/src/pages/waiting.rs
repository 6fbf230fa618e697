//! What waits for one person, as each room says it and the first page shows it.

use std::cmp::Reverse;

use basis::Time;

/// One thing that waits for the person who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it is, such as `CHG-0001 Patch web01`.
    pub what: String,
    /// Why it waits for this person, and what to do.
    pub reason: String,
    /// Where it is done.
    pub path: String,
    /// Since when it has waited.
    pub since: Time,
    /// Until when it must be done, where there is an end.
    pub due: Option<Time>,
    /// Whether work stands still meanwhile.
    pub is_urgent: bool,
}

/// The most urgent first: what stops work, then what is due soonest, then what has waited longest.
pub fn in_order(mut all: Vec<Waiting>) -> Vec<Waiting> {
    all.sort_by_key(|one| {
        let due = one.due.map_or(i64::MAX, Time::as_ms);
        (Reverse(one.is_urgent), due, one.since.as_ms())
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_work_comes_first_and_what_has_no_end_last() {
        let one = |what: &str, is_urgent, due: Option<i64>, since| Waiting {
            what: what.to_owned(),
            reason: String::new(),
            path: "/".to_owned(),
            since: Time::from_ms(since),
            due: due.map(Time::from_ms),
            is_urgent,
        };
        let ordered = in_order(vec![
            one("later", false, None, 9),
            one("earlier", false, None, 2),
            one("due", false, Some(5), 1),
            one("halted", true, None, 8),
        ]);
        let names: Vec<&str> = ordered.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(names, ["halted", "due", "earlier", "later"]);
    }
}
