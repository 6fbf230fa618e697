//! Names and versions of Debian packages that are safe to hand to a package manager.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::HostError;

/// Longest package name with its architecture.
const NAME_CHARS_MAX: usize = 200;
/// Longest package version.
const VERSION_CHARS_MAX: usize = 256;

/// A Debian package name, with `:architecture` where it matters (Debian policy §5.6.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageName(String);

/// A Debian package version (Debian policy §5.6.12).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageVersion(String);

/// One package at exactly one version: what a plan asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exact {
    /// Which package.
    pub package: PackageName,
    /// Which version.
    pub version: PackageVersion,
}

impl PackageName {
    /// Checks a name such as `libssl3` or `libssl3:amd64`.
    ///
    /// # Errors
    /// [`HostError::Unusable`] if apt could read it as anything but a package name.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let wrong = || HostError::unusable(text, "a Debian package name");
        let (name, architecture) = text.split_once(':').unwrap_or((text, "all"));
        let in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
        let in_architecture = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts_well =
            |part: &str| part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if text.len() > NAME_CHARS_MAX
            || !starts_well(name)
            || !starts_well(architecture)
            || !name.chars().all(in_name)
            || !architecture.chars().all(in_architecture)
            // apt reads a last `-` or `+` as "remove" and "install".
            || name.ends_with('-')
        {
            return Err(wrong());
        }
        Ok(Self(text.to_owned()))
    }

    /// The name without the architecture.
    pub fn name(&self) -> &str {
        self.0.split_once(':').map_or(&self.0, |(name, _)| name)
    }

    /// The architecture, where the name carries one.
    pub fn architecture(&self) -> Option<&str> {
        self.0.split_once(':').map(|(_, architecture)| architecture)
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PackageVersion {
    /// Checks a version such as `1:2.3-4+deb12u1`.
    ///
    /// # Errors
    /// [`HostError::Unusable`] if it is no version.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '~' | ':');
        if text.len() > VERSION_CHARS_MAX
            || !text.starts_with(|c: char| c.is_ascii_alphanumeric())
            || !text.chars().all(good)
        {
            return Err(HostError::unusable(text, "a Debian package version"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Exact {
    /// Checks both parts.
    ///
    /// # Errors
    /// [`HostError::Unusable`] for a bad name or version.
    pub fn parse(package: &str, version: &str) -> Result<Self, HostError> {
        Ok(Self {
            package: PackageName::parse(package)?,
            version: PackageVersion::parse(version)?,
        })
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for PackageVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.package, self.version)
    }
}

impl TryFrom<String> for PackageName {
    type Error = HostError;
    fn try_from(text: String) -> Result<Self, HostError> {
        Self::parse(&text)
    }
}

impl TryFrom<String> for PackageVersion {
    type Error = HostError;
    fn try_from(text: String) -> Result<Self, HostError> {
        Self::parse(&text)
    }
}

impl From<PackageName> for String {
    fn from(name: PackageName) -> String {
        name.0
    }
}

impl From<PackageVersion> for String {
    fn from(version: PackageVersion) -> String {
        version.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_apt_reads_as_a_package_is_a_name() {
        for good in ["libssl3", "libstdc++6", "libc6:amd64", "0ad", "python3.11"] {
            assert_eq!(PackageName::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "-o",
            "Perl",
            "perl-",
            "a=b",
            "a b",
            "a/b",
            "a:",
            ":amd64",
            "a*",
            "a;b",
            "a:amd64:b",
        ] {
            assert!(PackageName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_and_versions_have_a_longest_form() {
        assert!(PackageName::parse(&"a".repeat(NAME_CHARS_MAX)).is_ok());
        assert!(PackageName::parse(&"a".repeat(NAME_CHARS_MAX + 1)).is_err());
        assert!(PackageVersion::parse(&"1".repeat(VERSION_CHARS_MAX)).is_ok());
        assert!(PackageVersion::parse(&"1".repeat(VERSION_CHARS_MAX + 1)).is_err());
    }

    #[test]
    fn a_version_cannot_carry_an_option_or_a_target_release() {
        for good in ["1:2.3-4+deb12u1", "0~rc1", "6.1.176-1"] {
            assert!(PackageVersion::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-1", "1 2", "1/stable", "1;x", "~1"] {
            assert!(PackageVersion::parse(bad).is_err(), "{bad}");
        }
    }
}
