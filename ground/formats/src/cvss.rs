//! CVSS: severity words and base scores, in tenths so that they compare and store exactly.

use std::fmt;

use ::cvss::{Cvss, v2};

/// The base metrics of version 2.
const BASE_V2: [&str; 6] = ["AV", "AC", "Au", "C", "I", "A"];
/// The base metrics of versions 3.0 and 3.1.
const BASE_V3: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
/// The base metrics of version 4.0.
const BASE_V4: [&str; 11] = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

/// The longest vector that is read, in bytes; a full one of version 4.0 has about 220.
pub const VECTOR_BYTES_MAX: usize = 512;

/// How bad a vulnerability is, in the words of CVSS v3.1 and v4.0 (section 5 and 6); they sort by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Score 0.0; Nessus severity 0 (information).
    None,
    /// Score 0.1 to 3.9; Nessus severity 1.
    Low,
    /// Score 4.0 to 6.9; Nessus severity 2.
    Medium,
    /// Score 7.0 to 8.9; Nessus severity 3.
    High,
    /// Score 9.0 to 10.0; Nessus severity 4.
    Critical,
}

impl Severity {
    /// The severity that a scanner writes as a number from 0 to 4.
    pub fn from_level(level: u8) -> Option<Severity> {
        match level {
            0 => Some(Severity::None),
            1 => Some(Severity::Low),
            2 => Some(Severity::Medium),
            3 => Some(Severity::High),
            4 => Some(Severity::Critical),
            _ => None,
        }
    }

    /// The severity of a score in tenths; scores beyond 10.0 count as critical.
    pub fn from_score_tenths(tenths: u8) -> Severity {
        match tenths {
            0 => Severity::None,
            1..40 => Severity::Low,
            40..70 => Severity::Medium,
            70..90 => Severity::High,
            90.. => Severity::Critical,
        }
    }

    /// The word in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::None => "none",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Computes the base score of a vector in tenths, leaving threat, temporal and environmental metrics aside.
///
/// Reads versions 3.0, 3.1 and 4.0 with their `CVSS:` prefix and version 2 with or without `CVSS2#` or parentheses.
/// `None` if it is no valid vector or a base metric is missing.
pub fn base_score_tenths(vector: &str) -> Option<u8> {
    let vector = vector.trim();
    if vector.len() > VECTOR_BYTES_MAX {
        return None;
    }
    let (prefix, base): (&str, &[&str]) = match vector.split_once('/')?.0 {
        prefix @ ("CVSS:3.0" | "CVSS:3.1") => (prefix, &BASE_V3),
        prefix @ "CVSS:4.0" => (prefix, &BASE_V4),
        _ => return base_score_v2(vector),
    };
    // The whole vector has to be valid, not only the part that counts.
    vector.parse::<Cvss>().ok()?;
    let base = only(base, vector)?;
    tenths(format!("{prefix}/{base}").parse::<Cvss>().ok()?.score())
}

fn base_score_v2(vector: &str) -> Option<u8> {
    let vector = vector.strip_prefix("CVSS2#").unwrap_or(vector);
    let vector = vector
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(vector);
    vector.parse::<v2::Vector>().ok()?;
    tenths(
        only(&BASE_V2, vector)?
            .parse::<v2::Vector>()
            .ok()?
            .score()
            .value(),
    )
}

/// Keeps the named metrics in their order; `None` if one is missing.
fn only(names: &[&str], vector: &str) -> Option<String> {
    let metric = |name: &&str| {
        vector
            .split('/')
            .find(|part| part.split_once(':').is_some_and(|(found, _)| found == *name))
    };
    Some(names.iter().map(metric).collect::<Option<Vec<&str>>>()?.join("/"))
}

fn tenths(score: f64) -> Option<u8> {
    let tenths = (score * 10.0).round();
    // The cast is exact in this range.
    (0.0..=100.0).contains(&tenths).then_some(tenths as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    #[test]
    fn the_words_change_at_the_scores_of_the_specification() {
        let rows = [
            (0, Severity::None),
            (1, Severity::Low),
            (39, Severity::Low),
            (40, Severity::Medium),
            (69, Severity::Medium),
            (70, Severity::High),
            (89, Severity::High),
            (90, Severity::Critical),
            (100, Severity::Critical),
        ];
        for (score, expected) in rows {
            assert_eq!(Severity::from_score_tenths(score), expected, "{score}");
        }
        assert!(Severity::Critical > Severity::High && Severity::Low > Severity::None);
    }

    #[test]
    fn own_vectors_have_the_expected_scores() {
        let rows = [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(98)),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C/CR:L",
                Some(98),
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U",
                Some(93),
            ),
            ("CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P", Some(75)),
            ("(AV:N/AC:L/Au:N/C:P/I:P/A:P/E:U)", Some(75)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", None),
            ("AV:N/AC:L/Au:N/C:P/I:P", None),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:Q", None),
            ("CVSS:9.9/AV:N", None),
            ("", None),
        ];
        for (vector, expected) in rows {
            assert_eq!(base_score_tenths(vector), expected, "{vector}");
        }
    }

    #[test]
    fn text_longer_than_any_vector_is_not_scored() {
        let vector = "(AV:N/AC:L/Au:N/C:P/I:P/A:P/E:U/RL:OF/RC:C/CDP:N/TD:H/CR:L/IR:L/AR:L)";
        assert!(vector.len() < VECTOR_BYTES_MAX && base_score_tenths(vector).is_some());
        let longer = vector.replace("AR:L", &"x".repeat(VECTOR_BYTES_MAX));
        assert_eq!(base_score_tenths(&longer), None);
    }

    /// Files with lines `vector - (base, temporal, environmental)`, or one number for version 4.0.
    fn agree(file: &str) -> usize {
        let Some(path) = samples::path(&format!("cvss/redhat-lgpl3/{file}")) else {
            return 0;
        };
        let text = std::fs::read_to_string(path).unwrap();
        for line in text.lines() {
            let (vector, scores) = line.split_once(" - ").unwrap();
            let base = scores.trim_start_matches('(').split([',', ')']).next().unwrap();
            let expected = (base.parse::<f64>().unwrap() * 10.0).round().abs() as u8;
            assert_eq!(base_score_tenths(vector), Some(expected), "{file}: {line}");
        }
        text.lines().count()
    }

    #[test]
    fn every_published_base_score_of_versions_2_and_3_is_computed() {
        let files = [
            "vectors_simple2",
            "vectors_calculator2",
            "vectors_cvsslib2",
            "vectors_simple3",
            "vectors_simple31",
            "vectors_calculator3",
            "vectors_cvsslib3",
        ];
        let count: usize = files.into_iter().map(agree).sum();
        assert!(count == 0 || count == 5973, "{count}");
    }

    #[test]
    fn every_published_score_of_version_4_with_base_metrics_alone_is_computed() {
        let count: usize = ["vectors_simple4", "vectors_supplemental4"]
            .into_iter()
            .map(agree)
            .sum();
        assert!(count == 0 || count == 1634, "{count}");
    }

    proptest! {
        #[test]
        fn any_text_is_scored_without_panic(text in ".*", tail in "[A-Za-z:/]{0,40}") {
            let _ = base_score_tenths(&text);
            let _ = base_score_tenths(&format!("CVSS:3.1/{tail}"));
            let _ = base_score_tenths(&format!("CVSS:4.0/{tail}"));
        }
    }
}
