//! The packages that a local check names in its output. The text is made for people; what is not understood is left out.

use super::identity::{NAME_CHARS_MAX, one_line};
use super::sighting::Wanted;

/// How many packages of one output are read.
const PACKAGES_MAX: usize = 64;

/// A package that a check complains about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The binary package.
    pub package: String,
    /// The version that the check found.
    pub installed: Option<String>,
    /// The version from which on it would be content.
    pub wanted: String,
}

impl Named {
    /// The package with the version wanted.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            package: self.package.clone(),
            version: self.wanted.clone(),
        }
    }
}

/// Reads pairs of lines such as `Remote package installed : libssl3_3.0.9-1` and `Should be : libssl3_3.0.11-1`.
pub fn packages(output: &str) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let mut installed = None;
    for line in output.lines() {
        let Some((label, value)) = line.split_once(':') else {
            continue;
        };
        match label
            .trim()
            .trim_start_matches("- ")
            .to_ascii_lowercase()
            .as_str()
        {
            "remote package installed" | "installed package" => installed = name_and_version(value),
            "should be" | "fixed package" => {
                let Some((package, wanted)) = name_and_version(value) else {
                    continue;
                };
                let before = installed.take().filter(|(name, _)| *name == package);
                if found.len() < PACKAGES_MAX && found.iter().all(|named| named.package != package) {
                    found.push(Named {
                        package,
                        installed: before.map(|(_, version)| version),
                        wanted,
                    });
                }
            }
            _ => {}
        }
    }
    found
}

/// Splits `libssl3_3.0.9-1` (Debian) or `kernel-3.10.0-1160.el7` (RPM) into name and version.
fn name_and_version(text: &str) -> Option<(String, String)> {
    let text = one_line(text, NAME_CHARS_MAX);
    let (name, version) = match text
        .split_once('_')
        .filter(|(_, version)| starts_with_digit(version))
    {
        Some(split) => split,
        None => {
            let (before_release, _) = text.rsplit_once('-')?;
            let name_end = before_release.rfind('-')?;
            (&text[..name_end], &text[name_end + 1..])
        }
    };
    let is_word = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    (is_word(name) && is_word(version) && starts_with_digit(version))
        .then(|| (name.to_owned(), version.to_owned()))
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_three_ways_to_name_packages_are_read() {
        let debian = "\nRemote package installed : libssl3_3.0.9-1\nShould be                : libssl3_3.0.11-1\n\
                      Remote package installed : openssl_3.0.9-1\nShould be                : openssl_3.0.11-1\n";
        let named = packages(debian);
        assert_eq!(
            (named.len(), named[0].package.as_str(), named[1].wanted.as_str()),
            (2, "libssl3", "3.0.11-1")
        );
        assert_eq!(named[0].installed.as_deref(), Some("3.0.9-1"));
        let ubuntu = "  - Installed package : libssl1.1_1.1.1-1ubuntu2.1\n    Fixed package     : libssl1.1_1.1.1-1ubuntu2.3";
        assert_eq!(packages(ubuntu)[0].wanted, "1.1.1-1ubuntu2.3");
        let rpm = "  Remote package installed : kernel-3.10.0-1160.el7\n  Should be                : kernel-3.10.0-1160.76.1.el7";
        assert_eq!(packages(rpm)[0].package, "kernel");
        assert_eq!(packages(rpm)[0].wanted, "3.10.0-1160.76.1.el7");
        assert_eq!(
            packages("Path : /opt/x\nInstalled version : 1.0\nFixed version : 1.1"),
            []
        );
    }

    #[test]
    fn at_most_64_packages_of_an_output_are_read() {
        let lines = |count: usize| -> String {
            (0..count)
                .map(|n| format!("Should be : p{n}_1.{n}-1\n"))
                .collect()
        };
        assert_eq!(packages(&lines(PACKAGES_MAX)).len(), PACKAGES_MAX);
        assert_eq!(packages(&lines(PACKAGES_MAX + 1)).len(), PACKAGES_MAX);
    }

    proptest! {
        #[test]
        fn any_output_is_read_without_panic(text in "(Should be|Remote package installed|x) ?: ?[-_a-z0-9:.ü]{0,20}\n?") {
            let _ = packages(&text);
        }
    }
}
