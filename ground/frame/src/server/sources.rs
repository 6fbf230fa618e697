//! How often somebody who is not signed in may ask for an act, by the address that the connection comes from.
//!
//! Headers are not looked at: anybody can write them. Behind a TLS proxy everybody has the proxy's address, and shares one
//! allowance that is large enough for a working day's start; the proxy knows better and should have limits of its own.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use basis::{Class, Refusal, Span, Time};

use super::answer::Refused;
use super::limits::{SOURCE_BURST, SOURCE_PAUSE, SOURCES_MAX};

/// The allowance of every source that asked lately.
#[derive(Debug, Default)]
pub(super) struct Sources {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    buckets: BTreeMap<IpAddr, Bucket>,
    /// What all sources share that the table has no room for.
    others: Option<Bucket>,
    swept_at: Option<Time>,
}

/// An allowance: full when quiet, one less by each act, one more after each pause.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: u32,
    /// From when the next one counts.
    since: Time,
}

impl Bucket {
    fn full(now: Time) -> Self {
        Self {
            left: SOURCE_BURST,
            since: now,
        }
    }

    fn at(self, now: Time) -> Self {
        let waited_ms = now.since(self.since).as_ms();
        if waited_ms < 0 {
            // The clock was set back; nobody waits for it to come by again.
            return Self { since: now, ..self };
        }
        let more = u32::try_from(waited_ms / SOURCE_PAUSE.as_ms()).unwrap_or(u32::MAX);
        let left = self.left.saturating_add(more).min(SOURCE_BURST);
        if left == SOURCE_BURST {
            return Self::full(now);
        }
        let rest = Span::milliseconds(waited_ms % SOURCE_PAUSE.as_ms());
        Self {
            left,
            since: Time::from_ms(now.as_ms() - rest.as_ms()),
        }
    }

    /// Takes one, or says how many seconds there are to wait.
    fn take(&mut self, now: Time) -> Result<(), u64> {
        *self = self.at(now);
        if self.left > 0 {
            self.left -= 1;
            return Ok(());
        }
        let wait_ms = SOURCE_PAUSE.as_ms() - now.since(self.since).as_ms();
        Err(wait_ms.unsigned_abs().div_ceil(1_000).max(1))
    }
}

/// What counts as one source: an IPv4 address, or the 64-bit network of an IPv6 one, whose owner has all of it.
fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

impl Table {
    fn bucket(&mut self, source: IpAddr, now: Time) -> &mut Bucket {
        let is_full = self.buckets.len() >= SOURCES_MAX && !self.buckets.contains_key(&source);
        // Sweeping looks at every source, so it is not done for each that comes.
        if is_full
            && self
                .swept_at
                .is_none_or(|at| now.since(at).as_ms().abs() >= SOURCE_PAUSE.as_ms())
        {
            self.buckets
                .retain(|_, bucket| bucket.at(now).left < SOURCE_BURST);
            self.swept_at = Some(now);
        }
        if is_full && self.buckets.len() >= SOURCES_MAX {
            return self.others.get_or_insert(Bucket::full(now));
        }
        self.buckets.entry(source).or_insert(Bucket::full(now))
    }
}

impl Sources {
    /// Lets an act of this source through, or refuses it with the seconds to wait.
    pub(super) fn admit(&self, address: IpAddr, now: Time) -> Result<(), Refused> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.bucket(source(address), now).take(now).map_err(|seconds| {
            let what = format!(
                "more than {SOURCE_BURST} requests without a sign-in came from your address, and one more every {} s",
                SOURCE_PAUSE.as_ms() / 1_000
            );
            let refusal = Refusal::new(Class::Limit, "sign-in rate", what)
                .way_out(format!("wait {seconds} s, then try again"));
            Refused::after(refusal, seconds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(ms: i64) -> Time {
        Time::from_ms(1_700_000_000_000 + ms)
    }

    fn v4(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    fn count(sources: &Sources, address: IpAddr, now: Time, tries: u32) -> usize {
        (0..tries).filter(|_| sources.admit(address, now).is_ok()).count()
    }

    #[test]
    fn a_source_has_its_burst_then_one_for_each_pause() {
        let sources = Sources::default();
        assert_eq!(count(&sources, v4(1), at(0), SOURCE_BURST), 20);
        let refused = sources.admit(v4(1), at(0)).unwrap_err();
        assert_eq!((refused.status, refused.retry_after_s), (429, 1));
        assert_eq!(count(&sources, v4(2), at(0), 1), 1, "another source has its own");
        assert_eq!(count(&sources, v4(1), at(999), 1), 0);
        assert_eq!(count(&sources, v4(1), at(1_000), 2), 1);
        assert_eq!(count(&sources, v4(1), at(1_000_000), 40), 20);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let sources = Sources::default();
        count(&sources, v4(1), at(0), SOURCE_BURST);
        assert_eq!(count(&sources, v4(1), at(-3_600_000), 1), 0);
        assert_eq!(count(&sources, v4(1), at(-3_599_000), 1), 1);
    }

    #[test]
    fn one_network_of_ipv6_is_one_source_and_a_mapped_address_is_the_ipv4_one() {
        let rows = [
            ("2001:db8::1", "2001:db8::ffff:2", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
        ];
        for (one, other, is_same) in rows {
            let same = source(one.parse().unwrap()) == source(other.parse().unwrap());
            assert_eq!(same, is_same, "{one} {other}");
        }
    }

    #[test]
    fn no_more_sources_are_remembered_than_the_table_holds() {
        let sources = Sources::default();
        let most = u32::try_from(SOURCES_MAX).unwrap();
        for number in 0..most {
            assert_eq!(count(&sources, v4(number), at(0), 1), 1);
        }
        // Whoever comes now shares one allowance, and whoever was there has their own.
        let late = (most..most * 2).filter(|number| sources.admit(v4(*number), at(0)).is_ok());
        assert_eq!(late.count(), 20);
        assert_eq!(sources.table.lock().unwrap().buckets.len(), SOURCES_MAX);
        assert_eq!(count(&sources, v4(0), at(0), 1), 1);
        // Who was quiet is forgotten, and there is room again.
        assert_eq!(count(&sources, v4(most), at(30_000), 40), 20);
        assert_eq!(sources.table.lock().unwrap().buckets.len(), 1);
    }

    proptest! {
        #[test]
        fn no_source_gets_more_than_its_rate(steps in proptest::collection::vec(0_i64..3_000, 1..200)) {
            let sources = Sources::default();
            let (mut now, mut passed) = (0, 0);
            for step in steps {
                now += step;
                passed += i64::from(sources.admit(v4(1), at(now)).is_ok());
                prop_assert!(passed <= i64::from(SOURCE_BURST) + now / SOURCE_PAUSE.as_ms());
            }
        }
    }
}
