//! Ranking and counting whole lists where the rows are. What the policy and the rules weigh is handed in; the rank of each
//! finding that is shown is reckoned once more by the rules themselves.

use assets::AssetId;
use basis::{Span, Time};
use policy::{ClockStart, Exploitation, Policy, Severity};
use storage::{StorageError, Value, View};

use crate::rules::{DUE_SOON, FindingId, State, weight, weights};

/// From the worst to the mildest, as the statements number them.
const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::None,
];

/// How a list is narrowed by its clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Late, or corrected too late.
    Late,
    /// Due within a week.
    Soon,
    /// The policy sets no time.
    Unlimited,
}

impl Clock {
    /// Every one, with its word and what it reads as.
    pub const ALL: [(Clock, &'static str, &'static str); 3] = [
        (Clock::Late, "late", "late"),
        (Clock::Soon, "soon", "due within 7 days"),
        (Clock::Unlimited, "none", "without a due date"),
    ];

    fn name(self) -> &'static str {
        Clock::ALL
            .iter()
            .find(|(clock, ..)| *clock == self)
            .map_or("", |(_, name, _)| name)
    }
}

/// Which findings are browsed; what is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only those in this state; where it is left out, all that something is left to do about.
    pub state: Option<State>,
    /// Only those on this asset.
    pub asset: Option<AssetId>,
    /// Only those at least as bad.
    pub severity: Option<Severity>,
    /// Only those whose clock stands so.
    pub clock: Option<Clock>,
    /// Only those that are known to be exploited.
    pub is_exploited: bool,
    /// Only those with this text in vulnerability, title, place or the asset's name.
    pub text: Option<String>,
}

/// How many open findings are due when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DueCounts {
    /// Past their due time.
    pub late: u64,
    /// Due within 7 days.
    pub week: u64,
    /// Due after that, within 30 days.
    pub month: u64,
    /// Due later.
    pub later: u64,
    /// Without a due time.
    pub unlimited: u64,
}

/// How long findings took to be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FixCounts {
    /// At most a day.
    pub day: u64,
    /// More, at most 7 days.
    pub week: u64,
    /// More, at most 30 days.
    pub month: u64,
    /// More, at most 90 days.
    pub quarter: u64,
    /// More.
    pub longer: u64,
}

/// The clock and the deadlines of the policy, as the statements take them.
fn terms(policy: &Policy, now: Time) -> Vec<Value> {
    let within = |exploitation| {
        SEVERITIES.map(|severity| {
            let terms = policy.remediation_deadline(severity, exploitation);
            Value::from(terms.map(|terms| terms.within.as_ms()))
        })
    };
    let all = SEVERITIES.iter();
    let counted_from = all
        .filter_map(|severity| policy.remediation_deadline(*severity, Exploitation::Known))
        .map(|terms| terms.counted_from)
        .next();
    let mut values = vec![now.into(), (counted_from == Some(ClockStart::Release)).into()];
    values.extend(within(Exploitation::NotKnown));
    values.extend(within(Exploitation::Known));
    values
}

/// The ids of the findings of this part, in the order of `order`: a column's word, with a dash where the greatest comes
/// first, and `rank` for the most urgent last.
pub(crate) fn ranked_ids(
    view: &View<'_>,
    policy: &Policy,
    now: Time,
    selection: &Selection,
    order: &str,
    (limit, offset): (u64, u64),
) -> Result<Vec<FindingId>, StorageError> {
    let mut values = terms(policy, now);
    values.extend(SEVERITIES.map(|severity| u64::from(weights::unscored(severity)).into()));
    let fixed = [
        weights::EXPLOITED,
        weights::INTERNET,
        weights::INTERNAL,
        weights::CUI,
        weights::FCI,
        weights::CRITICALITY_HIGH,
        weights::CRITICALITY_MEDIUM,
        weights::LATE,
        weights::DUE_SOON,
    ];
    values.extend(fixed.map(|points| Value::from(u64::from(points))));
    values.extend([
        DUE_SOON.as_ms().into(),
        Value::id_if(selection.asset),
        selection.state.map(State::name).into(),
        u64::from(selection.severity.map_or(0, weight)).into(),
        selection.is_exploited.into(),
        selection.text.as_deref().map(pattern).into(),
        selection.clock.map(Clock::name).into(),
        order.into(),
        limit.into(),
        offset.into(),
    ]);
    view.rows(include_str!("../sql/rank_findings.sql"), &values, |row| {
        row.id("finding_id")
    })
}

/// What `like` looks for to find the text anywhere.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// How many open findings are due when, by the policy.
pub(crate) fn count_due(view: &View<'_>, policy: &Policy, now: Time) -> Result<DueCounts, StorageError> {
    let mut values = terms(policy, now);
    values.extend([Span::days(7).as_ms().into(), Span::days(30).as_ms().into()]);
    view.the(include_str!("../sql/count_due.sql"), &values, |row| {
        Ok(DueCounts {
            late: row.count("late")?,
            week: row.count("week")?,
            month: row.count("month")?,
            later: row.count("later")?,
            unlimited: row.count("unlimited")?,
        })
    })
}

/// How long the findings that were corrected since `since` took.
pub(crate) fn count_fixed(view: &View<'_>, since: Time) -> Result<FixCounts, StorageError> {
    let days = [1, 7, 30, 90].map(|days| Value::from(Span::days(days).as_ms()));
    let values: Vec<Value> = std::iter::once(since.into()).chain(days).collect();
    view.the(include_str!("../sql/count_fixed.sql"), &values, |row| {
        Ok(FixCounts {
            day: row.count("day")?,
            week: row.count("week")?,
            month: row.count("month")?,
            quarter: row.count("quarter")?,
            longer: row.count("longer")?,
        })
    })
}
