//! An advisory as its publisher wrote it (OSV schema 1.7). Fields that are not used here are ignored.

use serde::Deserialize;

use super::{ADVISORY_BYTES_MAX, OsvError};

/// What a publisher says about a vulnerability or about the update that fixes several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// The id, for example `DSA-5678-1`; never empty.
    pub id: String,
    /// One line about it; empty if there is none.
    pub summary: String,
    /// Other ids of the same thing.
    pub aliases: Vec<String>,
    /// Ids of what this advisory is derived from.
    pub upstream: Vec<String>,
    /// Ids that have to do with it.
    pub related: Vec<String>,
    /// When it was published, as written (RFC 3339, UTC).
    pub published: Option<String>,
    /// When it was last changed, as written (RFC 3339, UTC).
    pub modified: String,
    /// When it was withdrawn, as written (RFC 3339, UTC).
    pub withdrawn: Option<String>,
    /// Severities of the whole advisory.
    pub severity: Vec<Rating>,
    /// The packages it is about.
    pub affected: Vec<Affected>,
    /// Addresses to read on.
    pub references: Vec<String>,
}

/// A severity in the words of its scheme: a CVSS vector or a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// `CVSS_V3`, `CVSS_V4`, `Ubuntu` and so on.
    pub scheme: String,
    /// The vector or the word.
    pub score: String,
}

/// A package and its affected versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The ecosystem as written; [`super::Ecosystem::parse`] reads it.
    pub ecosystem: String,
    /// Name of the package; of the source package for Debian and Ubuntu.
    pub package: String,
    /// Ranges of versions.
    pub ranges: Vec<Range>,
    /// Versions listed one by one.
    pub versions: Vec<String>,
    /// Severities for this package.
    pub severity: Vec<Rating>,
    /// The publisher's own word for the severity or urgency of this package.
    pub severity_text: Option<String>,
}

/// Versions between bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// How versions are ordered.
    pub kind: RangeKind,
    /// The bounds in the order of the file, which need not be the order of versions.
    pub bounds: Vec<Bound>,
}

/// How the versions of a range are ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RangeKind {
    /// As the package manager of the ecosystem does.
    Ecosystem,
    /// Anything else, by its name: commits of a repository, semantic versions.
    Other(String),
}

/// One bound of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Affected from this version on; `0` is before all versions.
    Introduced(String),
    /// No longer affected from this version on.
    Fixed(String),
    /// Affected up to and with this version.
    LastAffected(String),
    /// The publisher looked no further than this version.
    Limit(String),
}

impl Advisory {
    /// Parses one advisory.
    ///
    /// # Errors
    /// Names line and column, or the field, and what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Advisory, OsvError> {
        if bytes.len() > ADVISORY_BYTES_MAX {
            return Err(OsvError::TooLarge { bytes: bytes.len() });
        }
        let raw: RawAdvisory = serde_json::from_slice(bytes).map_err(|error| OsvError::Json {
            line: error.line(),
            column: error.column(),
            // The place stands in fields of its own.
            reason: error
                .to_string()
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned(),
        })?;
        let refuse = |place: String, reason| OsvError::Field {
            id: raw.id.clone(),
            place,
            reason,
        };
        if raw.id.trim().is_empty() {
            return Err(refuse("id".to_owned(), "it is empty"));
        }
        let mut affected = Vec::new();
        for (at, package) in raw.affected.into_iter().flatten().enumerate() {
            // Advisories about repositories only have no package and say nothing about installed ones.
            let Some(name) = package.package.as_ref() else {
                continue;
            };
            if name.name.is_empty() || name.ecosystem.is_empty() {
                return Err(refuse(
                    format!("affected[{at}].package"),
                    "name or ecosystem is empty",
                ));
            }
            affected.push(
                package
                    .into_affected(at)
                    .map_err(|(place, reason)| refuse(place, reason))?,
            );
        }
        Ok(Advisory {
            id: raw.id,
            summary: raw.summary.unwrap_or_default(),
            aliases: raw.aliases.unwrap_or_default(),
            upstream: raw.upstream.unwrap_or_default(),
            related: raw.related.unwrap_or_default(),
            published: raw.published,
            modified: raw.modified,
            withdrawn: raw.withdrawn,
            severity: ratings(raw.severity),
            affected,
            references: raw
                .references
                .into_iter()
                .flatten()
                .map(|reference| reference.url)
                .collect(),
        })
    }

    /// Every CVE that the advisory names as itself, its source or related, each once, in that order.
    pub fn cves(&self) -> Vec<&str> {
        let mut cves: Vec<&str> = Vec::new();
        let own = std::iter::once(&self.id);
        for id in own
            .chain(&self.aliases)
            .chain(&self.upstream)
            .chain(&self.related)
        {
            if id.starts_with("CVE-") && !cves.contains(&id.as_str()) {
                cves.push(id);
            }
        }
        cves
    }
}

#[derive(Deserialize)]
struct RawAdvisory {
    id: String,
    modified: String,
    summary: Option<String>,
    aliases: Option<Vec<String>>,
    upstream: Option<Vec<String>>,
    related: Option<Vec<String>>,
    published: Option<String>,
    withdrawn: Option<String>,
    severity: Option<Vec<RawRating>>,
    affected: Option<Vec<RawAffected>>,
    references: Option<Vec<RawReference>>,
}

#[derive(Deserialize)]
struct RawRating {
    #[serde(rename = "type")]
    scheme: String,
    score: String,
}

#[derive(Deserialize)]
struct RawReference {
    url: String,
}

#[derive(Deserialize)]
struct RawAffected {
    package: Option<RawPackage>,
    ranges: Option<Vec<RawRange>>,
    versions: Option<Vec<String>>,
    severity: Option<Vec<RawRating>>,
    ecosystem_specific: Option<serde_json::Value>,
    database_specific: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct RawPackage {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct RawRange {
    #[serde(rename = "type")]
    kind: String,
    events: Vec<RawEvent>,
}

#[derive(Deserialize)]
struct RawEvent {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

fn ratings(raw: Option<Vec<RawRating>>) -> Vec<Rating> {
    raw.into_iter()
        .flatten()
        .map(|rating| Rating {
            scheme: rating.scheme,
            score: rating.score,
        })
        .collect()
}

impl RawAffected {
    fn into_affected(self, at: usize) -> Result<Affected, (String, &'static str)> {
        let severity_text = severity_text(&self.ecosystem_specific, &self.database_specific);
        let (ecosystem, package) = self.package.map(|p| (p.ecosystem, p.name)).unwrap_or_default();
        let mut ranges = Vec::new();
        for (range_at, range) in self.ranges.into_iter().flatten().enumerate() {
            let kind = match range.kind.as_str() {
                "ECOSYSTEM" => RangeKind::Ecosystem,
                _ => RangeKind::Other(range.kind),
            };
            let mut bounds = Vec::new();
            for (event_at, event) in range.events.into_iter().enumerate() {
                let place = format!("affected[{at}].ranges[{range_at}].events[{event_at}]");
                bounds.push(event.into_bound().ok_or((place, "expected exactly one bound"))?);
            }
            ranges.push(Range { kind, bounds });
        }
        let severity = ratings(self.severity);
        Ok(Affected {
            ecosystem,
            package,
            ranges,
            versions: self.versions.unwrap_or_default(),
            severity,
            severity_text,
        })
    }
}

impl RawEvent {
    fn into_bound(self) -> Option<Bound> {
        match (self.introduced, self.fixed, self.last_affected, self.limit) {
            (Some(version), None, None, None) => Some(Bound::Introduced(version)),
            (None, Some(version), None, None) => Some(Bound::Fixed(version)),
            (None, None, Some(version), None) => Some(Bound::LastAffected(version)),
            (None, None, None, Some(version)) => Some(Bound::Limit(version)),
            _ => None,
        }
    }
}

fn severity_text(
    ecosystem: &Option<serde_json::Value>,
    database: &Option<serde_json::Value>,
) -> Option<String> {
    [ecosystem, database]
        .into_iter()
        .flatten()
        .flat_map(|specific| [specific.get("severity"), specific.get("urgency")])
        .find_map(|word| word?.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_advisory_is_refused_with_the_place() {
        let event = r#"{"id":"A-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"Debian:12","name":"x"},"ranges":[{"type":"ECOSYSTEM","events":[EVENT]}]}]}"#;
        let rows = [
            (String::new(), "line 1, column 0: EOF while parsing a value"),
            (
                "{\n\"id\": 5}".to_owned(),
                "line 2, column 7: invalid type: integer `5`",
            ),
            ("{\"id\":\"A-1\"}".to_owned(), "missing field `modified`"),
            ("{\"id\":\"\",\"modified\":\"x\"}".to_owned(), "id: it is empty"),
            (
                "{\"id\":\"A\",\"id\":\"B\",\"modified\":\"x\"}".to_owned(),
                "duplicate field `id`",
            ),
            (
                event.replace("EVENT", "{}"),
                "advisory `A-1`: affected[0].ranges[0].events[0]: expected exactly one",
            ),
            (
                event.replace("EVENT", r#"{"introduced":"0","fixed":"1"}"#),
                "expected exactly one bound",
            ),
            (
                event
                    .replace("EVENT", "{\"fixed\":\"1\"}")
                    .replace("\"x\"", "\"\""),
                "name or ecosystem is empty",
            ),
            ("[".repeat(100_000), "line 1, column"),
        ];
        for (text, expected) in rows {
            let message = Advisory::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn an_advisory_at_the_size_limit_is_read_and_one_byte_more_is_refused() {
        let mut text = br#"{"id":"A-1","modified":"2026-01-01T00:00:00Z"}"#.to_vec();
        text.resize(ADVISORY_BYTES_MAX, b' ');
        assert!(Advisory::parse(&text).is_ok());
        text.push(b' ');
        let expected = OsvError::TooLarge {
            bytes: ADVISORY_BYTES_MAX + 1,
        };
        assert_eq!(Advisory::parse(&text).unwrap_err(), expected);
    }

    #[test]
    fn severities_and_cves_are_collected_from_where_publishers_put_them() {
        let text = r#"{"id":"CVE-2026-1","modified":"m","aliases":["CVE-2026-2","X-1"],"upstream":["CVE-2026-1"],
            "related":["CVE-2026-3"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}],"references":null,
            "affected":[{"package":{"ecosystem":"Debian:12","name":"x"},"ecosystem_specific":{"urgency":"low"}},
            {"ranges":[]}]}"#;
        let advisory = Advisory::parse(text.as_bytes()).unwrap();
        assert_eq!(advisory.cves(), ["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"]);
        assert_eq!(advisory.severity[0].scheme, "CVSS_V3");
        assert_eq!(
            advisory.affected.len(),
            1,
            "an entry without package says nothing about packages"
        );
        assert_eq!(advisory.affected[0].severity_text.as_deref(), Some("low"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Advisory::parse(&bytes);
        }
    }
}
