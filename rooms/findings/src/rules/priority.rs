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

/// What each reason weighs. The store ranks whole lists by the same numbers.
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
    let mut reasons = vec![by_severity(severity, score_tenths)];
    if exploitation == Exploitation::Known {
        reasons.push((weights::EXPLOITED, "known to be exploited".to_owned()));
    }
    match asset.exposure {
        Exposure::InternetFacing => {
            reasons.push((weights::INTERNET, "the asset faces the internet".to_owned()))
        }
        Exposure::Internal => {
            reasons.push((weights::INTERNAL, "the asset is on internal networks".to_owned()))
        }
        Exposure::Isolated => {}
    }
    match asset.classification {
        Classification::Cui => reasons.push((weights::CUI, "the asset holds CUI".to_owned())),
        Classification::Fci => reasons.push((weights::FCI, "the asset holds FCI".to_owned())),
        Classification::None => {}
    }
    match asset.criticality {
        Criticality::High => reasons.push((
            weights::CRITICALITY_HIGH,
            "the asset's criticality is high".to_owned(),
        )),
        Criticality::Medium => reasons.push((
            weights::CRITICALITY_MEDIUM,
            "the asset's criticality is medium".to_owned(),
        )),
        Criticality::Low => {}
    }
    if let Some(due) = due {
        let left_ms = due.at.since(now).as_ms();
        if left_ms < 0 {
            reasons.push((
                weights::LATE,
                format!("late since {} (paragraph {})", due.at.to_minutes(), due.paragraph),
            ));
        } else if left_ms <= DUE_SOON.as_ms() {
            reasons.push((
                weights::DUE_SOON,
                format!("due by {} (paragraph {})", due.at.to_minutes(), due.paragraph),
            ));
        }
    }
    reasons.sort_by(|a, b| b.cmp(a));
    Priority {
        points: reasons.iter().map(|(points, _)| points).sum(),
        reasons,
    }
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
