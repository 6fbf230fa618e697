//! Lockout: after too many failures in a row a person waits, however good the next attempt is.
//!
//! Anybody can fail at somebody else's password, so what they lock is the password. A passkey that answers wrongly is nothing that
//! a stranger has, and there is nothing to guess: it has a count of its own.

use basis::{Span, Time};

/// With what somebody proves who they are, as far as failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Password and one-time or recovery code.
    Password,
    /// A passkey or security key.
    Passkey,
}

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

/// Whether a failure at `now` is counted from one again: none came for as long as a lock lasts.
pub fn is_first(failures: Failures, lockout: Span, now: Time) -> bool {
    failures.count > 0 && failures.last_at + lockout <= now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_failed_long_ago_has_all_tries_again() {
        let last_at = Time::parse("2026-11-22T08:00:00Z").unwrap();
        let lockout = Span::minutes(15);
        let rows = [
            (0, 15, false),
            (1, 0, false),
            (5, 14, false),
            (1, 15, true),
            (5, 15, true),
        ];
        for (count, minutes, due) in rows {
            let failures = Failures { count, last_at };
            let now = last_at + Span::minutes(minutes);
            assert_eq!(
                is_first(failures, lockout, now),
                due,
                "{count} failures, {minutes} min"
            );
        }
    }

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
