//! Reads the list of `dpkg-query` that `collect.sh` asks for.

use std::collections::BTreeSet;

use crate::HostError;
use crate::state::{Hold, Package, PackageState};

/// Most packages that are read; a large desktop has 5,000.
pub(super) const PACKAGES_MAX: usize = 100_000;

/// Reads one package per line; packages of which only the configuration is left are passed over.
pub(super) fn read(text: &str, holds: &str) -> Result<Vec<Package>, HostError> {
    let holds: BTreeSet<&str> = holds.split_whitespace().collect();
    let mut packages = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| HostError::bad_answer("packages", format!("{what} in line {}", number + 1));
        if number >= PACKAGES_MAX {
            return Err(wrong("too many packages"));
        }
        let [name, architecture, version, source, source_version, status] =
            line.split('\t').collect::<Vec<_>>()[..]
        else {
            return Err(wrong("six fields were expected"));
        };
        let Some(state) = state(status).ok_or_else(|| wrong("an unknown state"))? else {
            continue;
        };
        let is_held = status.starts_with('h')
            || holds.contains(name)
            || holds.contains(format!("{name}:{architecture}").as_str());
        packages.push(Package {
            name: name.to_owned(),
            architecture: architecture.to_owned(),
            version: version.to_owned(),
            source: source.to_owned(),
            source_version: source_version.to_owned(),
            state,
            hold: if is_held { Hold::Held } else { Hold::Free },
        });
    }
    packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    Ok(packages)
}

/// The second letter of the status is the state, the third an error flag; `Some(None)` is a package that is not there.
fn state(status: &str) -> Option<Option<PackageState>> {
    let mut letters = status.chars();
    let (_, state, flag) = (letters.next()?, letters.next()?, letters.next());
    Some(match (state, flag) {
        ('n' | 'c', _) => None,
        (_, Some('R')) => Some(PackageState::ReinstallRequired),
        ('i', _) => Some(PackageState::Installed),
        ('U', _) => Some(PackageState::Unpacked),
        ('F', _) => Some(PackageState::HalfConfigured),
        ('H', _) => Some(PackageState::HalfInstalled),
        ('W', _) => Some(PackageState::TriggersAwaited),
        ('t', _) => Some(PackageState::TriggersPending),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_holds_are_read_and_removed_packages_left_out() {
        let text = "b\tall\t1\tb\t1\tii \nc\tamd64\t1+b1\tcs\t1\thi \nd\tall\t1\td\t1\trc \n\
            a\tall\t2\ta\t2\tiF \ne\tall\t2\te\t2\tiU \nf\tall\t2\tf\t2\tiHR\n";
        let packages = read(text, "b\n").unwrap();
        let rows: Vec<_> = packages
            .iter()
            .map(|p| (p.name.as_str(), p.state, p.hold))
            .collect();
        assert_eq!(
            rows,
            [
                ("a", PackageState::HalfConfigured, Hold::Free),
                ("b", PackageState::Installed, Hold::Held),
                ("c", PackageState::Installed, Hold::Held),
                ("e", PackageState::Unpacked, Hold::Free),
                ("f", PackageState::ReinstallRequired, Hold::Free),
            ]
        );
        assert_eq!(
            (packages[2].source.as_str(), packages[2].source_version.as_str()),
            ("cs", "1")
        );
    }

    #[test]
    fn a_line_that_makes_no_sense_is_named() {
        for (text, place) in [
            ("a\tb\n", "in line 1"),
            ("a\tall\t1\ta\t1\tii \nb\tall\t1\tb\t1\ti?\n", "in line 2"),
        ] {
            assert!(read(text, "").unwrap_err().to_string().ends_with(place));
        }
    }

    #[test]
    fn packages_have_a_limit() {
        let line = "a\tall\t1\ta\t1\tii \n";
        assert!(read(&line.repeat(PACKAGES_MAX), "").is_ok());
        assert!(read(&line.repeat(PACKAGES_MAX + 1), "").is_err());
    }
}
