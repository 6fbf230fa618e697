//! Lockout: after too many failures in a row a person waits, however good the next attempt is.

use basis::{Span, Time};

/// The failures since the last success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: u64,
    /// When the last one was.
    pub last_at: Time,
}

/// Until when sign-in is locked, if it is at `now`.
pub fn locked_until(failures: Failures, most: u32, lockout: Span, now: Time) -> Option<Time> {
    let until = failures.last_at + lockout;
    (failures.count >= u64::from(most) && now < until).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_closes_at_the_limit_and_opens_by_itself() {
        let at = Time::parse("2026-11-22T08:00:00Z").unwrap();
        let failures = |count| Failures { count, last_at: at };
        let lockout = Span::minutes(15);
        assert_eq!(locked_until(failures(4), 5, lockout, at), None);
        assert_eq!(locked_until(failures(5), 5, lockout, at), Some(at + lockout));
        assert_eq!(locked_until(failures(5), 5, lockout, at + lockout), None);
        assert_eq!(
            locked_until(failures(6), 5, lockout, at + Span::minutes(14)),
            Some(at + lockout)
        );
    }
}
