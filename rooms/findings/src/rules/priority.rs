//! Which finding to mend first, and why: points with a reason each, so that the rank can be argued with.

use basis::{Span, Time};
use policy::{AssetFacts, Classification, Criticality, Exploitation, Exposure, Severity};

use super::clocks::Due;

/// Why a finding ranks where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priority {
    /// The sum of the points.
    pub points: u32,
    /// Each reason with its points, heaviest first.
    pub reasons: Vec<(u32, String)>,
}

/// Before the due time, for how long it weighs.
pub const DUE_SOON: Span = Span::days(7);

/// What each reason weighs. The store keeps what it makes of them beside each finding, so whoever changes a number adds a
/// migration from which on events are followed (`storage::Follower`), which weighs everything anew.
pub mod weights {
    use policy::Severity;

    /// Known to be exploited.
    pub const EXPLOITED: u32 = 30;
    /// The asset faces the internet.
    pub const INTERNET: u32 = 15;
    /// The asset is on internal networks.
    pub const INTERNAL: u32 = 5;
    /// The asset holds CUI.
    pub const CUI: u32 = 10;
    /// The asset holds FCI.
    pub const FCI: u32 = 5;
    /// The asset's criticality is high.
    pub const CRITICALITY_HIGH: u32 = 10;
    /// The asset's criticality is medium.
    pub const CRITICALITY_MEDIUM: u32 = 5;
    /// The due time is over.
    pub const LATE: u32 = 20;
    /// The due time is near.
    pub const DUE_SOON: u32 = 10;

    /// A severity without a score.
    pub fn unscored(severity: Severity) -> u32 {
        match severity {
            Severity::Critical => 38,
            Severity::High => 30,
            Severity::Medium => 20,
            Severity::Low => 8,
            Severity::None => 0,
        }
    }
}

/// The points that stay while time passes and that the asset does not give. With those of [`asset_points`] and of the clock
/// they make the points of [`priority`].
pub fn standing_points(severity: Severity, score_tenths: Option<u8>, exploitation: Exploitation) -> u32 {
    sum(&of_finding(severity, score_tenths, exploitation))
}

/// The points that a finding has by being on this asset.
pub fn asset_points(asset: &AssetFacts) -> u32 {
    sum(&of_asset(asset))
}

fn sum(reasons: &[(u32, String)]) -> u32 {
    reasons.iter().map(|(points, _)| points).sum()
}

/// Adds up the reasons. Severity gives up to 40 points, or its exact score times four; known exploitation 30; being late
/// 20, being due within a week 10; the internet 15; CUI 10; criticality up to 10.
pub fn priority(
    severity: Severity,
    score_tenths: Option<u8>,
    exploitation: Exploitation,
    asset: &AssetFacts,
    due: Option<&Due>,
    now: Time,
) -> Priority {
    let mut reasons = of_finding(severity, score_tenths, exploitation);
    reasons.extend(of_asset(asset));
    reasons.extend(due.and_then(|due| by_clock(due, now)));
    reasons.sort_by(|a, b| b.cmp(a));
    Priority {
        points: sum(&reasons),
        reasons,
    }
}

fn of_finding(
    severity: Severity,
    score_tenths: Option<u8>,
    exploitation: Exploitation,
) -> Vec<(u32, String)> {
    let mut reasons = vec![by_severity(severity, score_tenths)];
    if exploitation == Exploitation::Known {
        reasons.push((weights::EXPLOITED, "known to be exploited".to_owned()));
    }
    reasons
}

fn of_asset(asset: &AssetFacts) -> Vec<(u32, String)> {
    let exposure = match asset.exposure {
        Exposure::InternetFacing => Some((weights::INTERNET, "the asset faces the internet")),
        Exposure::Internal => Some((weights::INTERNAL, "the asset is on internal networks")),
        Exposure::Isolated => None,
    };
    let classification = match asset.classification {
        Classification::Cui => Some((weights::CUI, "the asset holds CUI")),
        Classification::Fci => Some((weights::FCI, "the asset holds FCI")),
        Classification::None => None,
    };
    let criticality = match asset.criticality {
        Criticality::High => Some((weights::CRITICALITY_HIGH, "the asset's criticality is high")),
        Criticality::Medium => Some((weights::CRITICALITY_MEDIUM, "the asset's criticality is medium")),
        Criticality::Low => None,
    };
    let reasons = [exposure, classification, criticality].into_iter().flatten();
    reasons.map(|(points, why)| (points, why.to_owned())).collect()
}

fn by_clock(due: &Due, now: Time) -> Option<(u32, String)> {
    let left_ms = due.at.since(now).as_ms();
    let (points, word) = match left_ms {
        ..0 => (weights::LATE, "late since"),
        _ if left_ms <= DUE_SOON.as_ms() => (weights::DUE_SOON, "due by"),
        _ => return None,
    };
    let why = format!("{word} {} (paragraph {})", due.at.to_minutes(), due.paragraph);
    Some((points, why))
}

fn by_severity(severity: Severity, score_tenths: Option<u8>) -> (u32, String) {
    if let Some(tenths) = score_tenths {
        let points = u32::from(tenths) * 4 / 10;
        return (
            points,
            format!("{severity}, CVSS {}.{}", tenths / 10, tenths % 10),
        );
    }
    (
        weights::unscored(severity),
        format!("{severity}, without a score"),
    )
}

#[cfg(test)]
mod tests {
    use basis::Subject;
    use policy::{ClockStart, Environment};
    use proptest::prelude::*;

    use super::*;

    fn asset(exposure: Exposure) -> AssetFacts {
        AssetFacts {
            asset: Subject::parse("AST-0001").unwrap(),
            classification: Classification::None,
            criticality: Criticality::Low,
            exposure,
            environment: Environment::Production,
        }
    }

    fn at(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn points(score: u8, exploitation: Exploitation, exposure: Exposure, due: &str) -> Priority {
        let due = at(due);
        let due = Due {
            at: due,
            paragraph: "7.1".to_owned(),
            counted_from: due,
            start: ClockStart::Release,
        };
        let now = at("2026-11-22T08:00:00Z");
        priority(
            Severity::High,
            Some(score),
            exploitation,
            &asset(exposure),
            Some(&due),
            now,
        )
    }

    #[test]
    fn the_reasons_stand_beside_the_rank() {
        let priority = points(
            98,
            Exploitation::Known,
            Exposure::InternetFacing,
            "2026-11-20T08:00:00Z",
        );
        let reasons: Vec<String> = priority
            .reasons
            .iter()
            .map(|(points, why)| format!("{points} {why}"))
            .collect();
        assert_eq!(
            reasons,
            [
                "39 high, CVSS 9.8",
                "30 known to be exploited",
                "20 late since 2026-11-20 08:00 UTC (paragraph 7.1)",
                "15 the asset faces the internet",
            ]
        );
        assert_eq!(priority.points, 104);
    }

    proptest! {
        #[test]
        fn nothing_that_makes_a_finding_worse_lowers_its_rank(score in 0u8..100, days in 1i64..60) {
            let due = (at("2026-10-22T08:00:00Z") + basis::Span::days(days)).to_string();
            let plain = points(score, Exploitation::NotKnown, Exposure::Internal, &due).points;
            prop_assert!(points(score + 1, Exploitation::NotKnown, Exposure::Internal, &due).points >= plain);
            prop_assert!(points(score, Exploitation::Known, Exposure::Internal, &due).points > plain);
            prop_assert!(points(score, Exploitation::NotKnown, Exposure::InternetFacing, &due).points > plain);
            let earlier = (at(&due) - basis::Span::days(1)).to_string();
            prop_assert!(points(score, Exploitation::NotKnown, Exposure::Internal, &earlier).points >= plain);
        }
    }
}
