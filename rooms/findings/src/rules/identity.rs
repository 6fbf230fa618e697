//! What makes two reports the same finding: the asset, the vulnerability and the place on the asset. Titles, texts,
//! severities and installed versions play no part, so that a clock never restarts because a word changed.

use std::fmt;

use basis::id_type;
use formats::nessus::CveId;

id_type!(
    /// A vulnerability on one asset.
    FindingId,
    "FND",
    "finding"
);
id_type!(
    /// A scan whose file was read.
    ScanId,
    "SCN",
    "scan"
);
id_type!(
    /// One comparison of an asset's packages with the advisories.
    MatchId,
    "MAT",
    "match"
);
id_type!(
    /// One list that was loaded: advisories, or exploited vulnerabilities.
    FeedId,
    "FED",
    "feed"
);

/// Longest name of a package, an advisory or a plugin family that is kept, in characters.
pub const NAME_CHARS_MAX: usize = 200;

/// Which vulnerability, named without regard to who reports it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vulnerability {
    /// By its CVE.
    Cve(CveId),
    /// By the check that found it, where nobody gave it a CVE.
    Check(CheckKey),
}

/// A check that tells whether a vulnerability is there: a scanner's plugin, or an advisory compared with packages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKey {
    /// A plugin of Nessus.
    Nessus(u32),
    /// An advisory in the OSV format.
    Osv(String),
}

/// Where on the asset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// In an installed package.
    Package(String),
    /// At a port.
    Port {
        /// From 1.
        port: u16,
        /// `tcp` or `udp`.
        protocol: String,
    },
    /// On the asset as a whole.
    Host,
}

impl CheckKey {
    /// Parses the printed form, such as `nessus:51192` or `osv:DSA-5678-1`.
    pub fn parse(text: &str) -> Option<Self> {
        let (scanner, name) = text.split_once(':')?;
        match scanner {
            "nessus" => name.parse().ok().map(CheckKey::Nessus),
            "osv" if !name.is_empty() => Some(CheckKey::Osv(name.to_owned())),
            _ => None,
        }
    }

    /// Who carries the check out: `nessus` or `osv`.
    pub fn scanner(&self) -> &'static str {
        match self {
            CheckKey::Nessus(_) => "nessus",
            CheckKey::Osv(_) => "osv",
        }
    }
}

impl Vulnerability {
    /// Parses the printed form: a CVE, or a check.
    pub fn parse(text: &str) -> Option<Self> {
        let cve = CveId::parse(text).map(Vulnerability::Cve);
        cve.or_else(|| CheckKey::parse(text).map(Vulnerability::Check))
    }
}

impl Location {
    /// Parses the printed form: `package:openssl`, `port:443/tcp` or `host`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "host" {
            return Some(Location::Host);
        }
        match text.split_once(':')? {
            ("package", name) if !name.is_empty() => Some(Location::Package(name.to_owned())),
            ("port", place) => {
                let (port, protocol) = place.split_once('/')?;
                let (port, protocol) = (port.parse().ok()?, protocol.to_owned());
                Some(Location::Port { port, protocol })
            }
            _ => None,
        }
    }
}

impl fmt::Display for CheckKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckKey::Nessus(plugin) => write!(f, "nessus:{plugin}"),
            CheckKey::Osv(advisory) => write!(f, "osv:{advisory}"),
        }
    }
}

impl fmt::Display for Vulnerability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Vulnerability::Cve(cve) => cve.fmt(f),
            Vulnerability::Check(check) => check.fmt(f),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Package(name) => write!(f, "package:{name}"),
            Location::Port { port, protocol } => write!(f, "port:{port}/{protocol}"),
            Location::Host => f.write_str("host"),
        }
    }
}

/// Makes the types above travel as their printed text.
macro_rules! as_text {
    ($($name:ident, $what:literal;)+) => {
        $(
            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = String::deserialize(deserializer)?;
                    $name::parse(&text)
                        .ok_or_else(|| serde::de::Error::custom(format!(concat!("`{}` is no ", $what), text)))
                }
            }
        )+
    };
}

as_text! {
    CheckKey, "check";
    Vulnerability, "vulnerability";
    Location, "location";
}

/// Cuts a text of others to one line of at most `chars_max` characters.
pub fn one_line(text: &str, chars_max: usize) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let line: String = text.trim().chars().map(plain).take(chars_max).collect();
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_part_of_an_identity_has_one_spelling() {
        for text in ["CVE-2024-0001", "nessus:51192", "osv:DSA-5678-1"] {
            assert_eq!(Vulnerability::parse(text).unwrap().to_string(), text);
        }
        for text in ["package:libssl3", "port:443/tcp", "host"] {
            assert_eq!(Location::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "package:", "port:x/tcp", "port:70000/tcp", "file:/etc"] {
            assert_eq!(Location::parse(text), None, "{text}");
        }
        assert_eq!(Vulnerability::parse("nessus:x"), None);
        assert_eq!(Vulnerability::parse("osv:"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_prints_as_it_was_read(text in ".{0,30}") {
            if let Some(location) = Location::parse(&text) {
                prop_assert_eq!(Location::parse(&location.to_string()), Some(location));
            }
            if let Some(vulnerability) = Vulnerability::parse(&text) {
                prop_assert_eq!(Vulnerability::parse(&vulnerability.to_string()), Some(vulnerability));
            }
        }

        #[test]
        fn one_line_has_no_control_characters_and_keeps_its_limit(text in "\\PC{0,40}|.{0,40}", limit in 0usize..20) {
            let line = one_line(&text, limit);
            prop_assert!(line.chars().count() <= limit && !line.chars().any(char::is_control));
        }
    }
}
