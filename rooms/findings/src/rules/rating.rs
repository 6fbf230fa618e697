//! How bad a vulnerability is: computed from its CVSS vector where there is one, else what the reporter says.

use formats::cvss::{self, base_score_tenths};
use formats::nessus::Item;
use formats::osv::{Advisory, Affected, Rating};
use policy::Severity;
use serde::{Deserialize, Serialize};

/// A severity and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// How bad.
    pub severity: Severity,
    /// The base score in tenths, where a vector was computed.
    pub score_tenths: Option<u8>,
    /// Whose word it is.
    pub by: RatedBy,
}

/// Whose word a severity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatedBy {
    /// Computed here from the CVSS vector.
    Vector,
    /// The scanner's or the publisher's word.
    Reporter,
    /// Nobody rated it: it is taken for high, since no rating is no proof of harmlessness.
    Nobody,
}

impl RatedBy {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            RatedBy::Vector => "vector",
            RatedBy::Reporter => "reporter",
            RatedBy::Nobody => "nobody",
        }
    }

    /// What has this name.
    pub fn named(name: &str) -> Option<Self> {
        [RatedBy::Vector, RatedBy::Reporter, RatedBy::Nobody]
            .into_iter()
            .find(|by| by.name() == name)
    }
}

fn severity_of(severity: cvss::Severity) -> Severity {
    match severity {
        cvss::Severity::None => Severity::None,
        cvss::Severity::Low => Severity::Low,
        cvss::Severity::Medium => Severity::Medium,
        cvss::Severity::High => Severity::High,
        cvss::Severity::Critical => Severity::Critical,
    }
}

/// The weight of a severity, 0 for none to 4 for critical.
pub fn weight(severity: Severity) -> u8 {
    match severity {
        Severity::None => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

/// The rating from the first of `vectors` that can be computed.
fn computed<'v>(vectors: impl IntoIterator<Item = &'v str>) -> Option<Rated> {
    let tenths = vectors.into_iter().find_map(base_score_tenths)?;
    Some(Rated {
        severity: severity_of(cvss::Severity::from_score_tenths(tenths)),
        score_tenths: Some(tenths),
        by: RatedBy::Vector,
    })
}

fn said(severity: Severity) -> Rated {
    Rated {
        severity,
        score_tenths: None,
        by: RatedBy::Reporter,
    }
}

/// Rates what a plugin reports: by the newest CVSS version whose vector can be computed, else as the scanner does.
pub fn of_item(item: &Item) -> Rated {
    let vectors = [&item.cvss_v4, &item.cvss_v3, &item.cvss_v2];
    let vectors = vectors.into_iter().filter_map(|cvss| cvss.vector.as_deref());
    computed(vectors).unwrap_or_else(|| said(severity_of(item.severity)))
}

/// Rates what an advisory says of a package: by the newest CVSS version, else by the publisher's word, else as high.
pub fn of_advisory(advisory: &Advisory, affected: &Affected) -> Rated {
    let ratings: Vec<&Rating> = affected.severity.iter().chain(&advisory.severity).collect();
    let by_scheme = |scheme: &'static str| ratings.iter().filter(move |rating| rating.scheme == scheme);
    let vectors = ["CVSS_V4", "CVSS_V3", "CVSS_V2"].into_iter().flat_map(by_scheme);
    let words = ratings.iter().map(|rating| rating.score.as_str());
    let words = words.chain(affected.severity_text.as_deref());
    computed(vectors.map(|rating| rating.score.as_str()))
        .or_else(|| words.filter_map(severity_word).next().map(said))
        .unwrap_or(Rated {
            severity: Severity::High,
            score_tenths: None,
            by: RatedBy::Nobody,
        })
}

/// The words of Debian, Ubuntu and Red Hat for severities and urgencies.
fn severity_word(word: &str) -> Option<Severity> {
    match word.trim_end_matches('*').to_ascii_lowercase().as_str() {
        "critical" => Some(Severity::Critical),
        "high" | "important" => Some(Severity::High),
        "medium" | "moderate" => Some(Severity::Medium),
        "low" | "negligible" | "unimportant" => Some(Severity::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advisory(severity: &str, affected: &str) -> Rated {
        let text = format!(
            r#"{{"id":"A-1","modified":"m","severity":[{severity}],"affected":[{{"package":{{"ecosystem":"Debian:12","name":"x"}}{affected}}}]}}"#
        );
        let advisory = Advisory::parse(text.as_bytes()).unwrap();
        of_advisory(&advisory, &advisory.affected[0])
    }

    #[test]
    fn a_vector_is_computed_and_beats_every_word() {
        let v3 = r#"{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}"#;
        let v4 =
            r#"{"type":"CVSS_V4","score":"CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"}"#;
        let urgency = r#","ecosystem_specific":{"urgency":"low"}"#;
        assert_eq!(advisory(v3, urgency).score_tenths, Some(98));
        assert_eq!(advisory(v3, "").severity, Severity::Critical);
        assert_eq!(
            advisory(&format!("{v3},{v4}"), "").severity,
            Severity::Low,
            "the newest version counts"
        );
    }

    #[test]
    fn without_a_vector_the_publisher_is_believed_and_without_a_word_it_is_high() {
        let rows = [
            (
                "",
                r#","ecosystem_specific":{"urgency":"low**"}"#,
                Severity::Low,
                RatedBy::Reporter,
            ),
            (
                r#"{"type":"Ubuntu","score":"medium"}"#,
                "",
                Severity::Medium,
                RatedBy::Reporter,
            ),
            (
                r#"{"type":"CVSS_V3","score":"nonsense"}"#,
                "",
                Severity::High,
                RatedBy::Nobody,
            ),
            (
                "",
                r#","ecosystem_specific":{"urgency":"not yet assigned"}"#,
                Severity::High,
                RatedBy::Nobody,
            ),
            ("", "", Severity::High, RatedBy::Nobody),
        ];
        for (severity, affected, expected, by) in rows {
            let rated = advisory(severity, affected);
            assert_eq!(
                (rated.severity, rated.by),
                (expected, by),
                "{severity} {affected}"
            );
        }
    }
}
