//! The clocks of a finding: identified, reported, corrected, and when it is due.

use basis::Time;
use policy::{ClockStart, Exploitation, Policy};

use super::known::{Finding, State};

/// When a finding has to be corrected, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The moment.
    pub at: Time,
    /// The paragraph of the policy.
    pub paragraph: String,
    /// From when it counts.
    pub counted_from: Time,
    /// What happened then.
    pub start: ClockStart,
}

/// When the finding is due under `policy`; none where the policy sets no time for its severity.
///
/// The clock starts once: when the update was released or when the finding was identified, as the policy says. Where the
/// release is not known, identification counts. A finding that was proven gone and came back is due from its return.
pub fn due(finding: &Finding, exploitation: Exploitation, policy: &Policy) -> Option<Due> {
    let terms = policy.remediation_deadline(finding.severity(), exploitation)?;
    let started = match (terms.counted_from, finding.published_at()) {
        (ClockStart::Release, Some(published)) => (published, ClockStart::Release),
        _ => (finding.identified_at, ClockStart::Discovery),
    };
    let (counted_from, start) = match finding.reopened_at {
        Some(reopened) if reopened > started.0 => (reopened, ClockStart::Discovery),
        _ => started,
    };
    Some(Due {
        at: counted_from + terms.within,
        paragraph: terms.paragraph,
        counted_from,
        start,
    })
}

/// Whether the finding is past its due time: still there after it, or corrected after it.
pub fn is_late(finding: &Finding, due: &Due, now: Time) -> bool {
    match (finding.state, finding.corrected_at) {
        (State::Remediated, Some(corrected)) => corrected > due.at,
        _ => now > due.at,
    }
}
