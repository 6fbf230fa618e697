//! What a report says, as values.

use std::collections::BTreeSet;
use std::fmt;

use crate::cvss::Severity;

/// One thing read from a report, in the order of the file: a host, its items, the end of the host, and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A host begins; its properties are complete.
    HostStart(Host),
    /// One plugin's result on the host that began last.
    Item(Box<Item>),
    /// The host that began last is complete in this file.
    HostEnd(HostEnd),
    /// The file is whole and nothing follows. Without this event nothing may be concluded from what is absent.
    ReportEnd(ReportEnd),
}

/// What the report says about a host itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Host {
    /// The name or address the scanner was told to scan.
    pub name: String,
    /// Tag `host-ip`.
    pub ip: Option<String>,
    /// Tag `host-fqdn`.
    pub fqdn: Option<String>,
    /// Tag `netbios-name`.
    pub netbios_name: Option<String>,
    /// Tag `mac-address`, which may hold several.
    pub mac_addresses: Vec<String>,
    /// Tag `operating-system`.
    pub operating_system: Option<String>,
    /// Tag `HOST_START`: local time of the scanner without zone, as written.
    pub started: Option<String>,
    /// Tag `HOST_END`: local time of the scanner without zone, as written; absent if the scan of the host did not end.
    pub finished: Option<String>,
    /// Tag `HOST_START_TIMESTAMP`: seconds since 1970.
    pub started_unix_s: Option<u64>,
    /// Tag `HOST_END_TIMESTAMP`: seconds since 1970.
    pub finished_unix_s: Option<u64>,
    /// Tag `Credentialed_Scan`.
    pub credentialed: Credentialed,
}

/// Whether the scanner signed in to the host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Credentialed {
    /// It did.
    Yes,
    /// It did not.
    No,
    /// The report does not say.
    #[default]
    Unknown,
}

/// One plugin's result. Where an element that should stand once stands again, the first counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Attribute `pluginID`.
    pub plugin_id: u32,
    /// Attribute `pluginName`.
    pub plugin_name: String,
    /// Attribute `pluginFamily`; empty if absent.
    pub plugin_family: String,
    /// Attribute `port`; 0 for the host as a whole.
    pub port: u16,
    /// Attribute `protocol`.
    pub protocol: String,
    /// Attribute `svc_name`.
    pub service: String,
    /// Attribute `severity`: 0 (none) to 4 (critical).
    pub severity: Severity,
    /// All CVEs in the order of the file, each once.
    pub cves: Vec<CveId>,
    /// What stood where a CVE should stand and is none.
    pub unreadable_cves: Vec<String>,
    /// Elements `cvss_vector` and `cvss_base_score`.
    pub cvss_v2: Cvss,
    /// Elements `cvss3_vector` and `cvss3_base_score`.
    pub cvss_v3: Cvss,
    /// Elements `cvss4_vector` and `cvss4_base_score`.
    pub cvss_v4: Cvss,
    /// Element `plugin_output`.
    pub plugin_output: Text,
    /// Element `solution`.
    pub solution: Text,
    /// Element `synopsis`.
    pub synopsis: Text,
    /// Elements `see_also`, one address a line.
    pub see_also: Text,
    /// Element `exploit_available`, if it says true or false.
    pub exploit_available: Option<bool>,
    /// Element `patch_publication_date`, as written: year/month/day.
    pub patch_published: Option<String>,
    /// Element `vuln_publication_date`, as written: year/month/day.
    pub vulnerability_published: Option<String>,
}

/// A vector and its base score as the scanner gives them; they need not agree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cvss {
    /// The vector as written; version 2 has `CVSS2#` in front.
    pub vector: Option<String>,
    /// The base score in tenths: 75 is 7.5.
    pub base_score_tenths: Option<u8>,
}

/// Free text of which only the beginning may have been kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// What was kept. Characters that XML forbids are replaced by U+FFFD.
    pub kept: String,
    /// How many bytes were dropped behind it.
    pub dropped_bytes: u64,
}

/// An identifier of the form `CVE-2024-12345`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CveId(String);

impl CveId {
    /// Parses `CVE-`, a year of four digits, `-` and a number of four to nineteen digits; case does not count.
    pub fn parse(text: &str) -> Option<CveId> {
        let upper = text.trim().to_ascii_uppercase();
        let (year, number) = upper.strip_prefix("CVE-")?.split_once('-')?;
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_id =
            year.len() == 4 && (4..=19).contains(&number.len()) && are_digits(year) && are_digits(number);
        is_id.then_some(CveId(upper))
    }

    /// The identifier in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known when all items of a host have been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostEnd {
    /// Every plugin that reported on this host.
    pub plugin_ids: BTreeSet<u32>,
    /// Number of items.
    pub items: u64,
    /// Whether the scanner finished with this host: it wrote `HOST_END`.
    pub is_finished: bool,
    /// Whether it signed in, by tag or by what plugin 19506 (scan information) reports.
    pub credentialed: Credentialed,
}

/// What is known when the whole file has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEnd {
    /// Name of the report; empty if it has none.
    pub name: String,
    /// Number of hosts.
    pub hosts: u64,
    /// Number of items of all hosts.
    pub items: u64,
    /// How many bytes or characters could not be read as text and were replaced by U+FFFD.
    pub replaced_characters: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_of_the_right_form_are_cves() {
        let rows = [
            ("CVE-2024-0001", Some("CVE-2024-0001")),
            (" cve-2024-1234567 ", Some("CVE-2024-1234567")),
            ("CVE-2024-001", None),
            ("CVE-24-00001", None),
            ("CVE-2024-XXXX", None),
            ("CVE-2024-12345678901234567890", None),
            ("2024-0001", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(CveId::parse(text).as_ref().map(CveId::as_str), expected, "{text}");
        }
    }
}
