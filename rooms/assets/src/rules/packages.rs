//! Packages and pending updates as the register keeps them, and what changed between two collections.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Which version of which package. One name may be installed in several versions, as kernels are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageKey {
    /// Its name.
    pub name: String,
    /// Its architecture.
    pub architecture: String,
    /// Its version.
    pub version: String,
}

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageRecord {
    /// Its architecture.
    pub architecture: String,
    /// Whether the package manager was told to leave it as it is.
    pub is_held: bool,
    /// Its name.
    pub name: String,
    /// The source package that it was built from.
    pub source: String,
    /// The source package's version.
    pub source_version: String,
    /// How far it is installed, such as `installed` or `half_configured`.
    pub state: String,
    /// Its version.
    pub version: String,
}

/// A newer version of an installed package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UpdateRecord {
    /// Its architecture.
    pub architecture: String,
    /// The version that would be installed.
    pub candidate: String,
    /// The installed version.
    pub installed: String,
    /// Where the candidate comes from: label and suite of each archive.
    pub origins: Vec<String>,
    /// The package's name.
    pub package: String,
    /// `yes`, `no` or `unknown`.
    pub security: String,
    /// What stands in the way, such as `offered` or `held`.
    pub standing: String,
}

impl PackageRecord {
    /// Which version of which package it is.
    pub fn key(&self) -> PackageKey {
        PackageKey {
            architecture: self.architecture.clone(),
            name: self.name.clone(),
            version: self.version.clone(),
        }
    }
}

impl UpdateRecord {
    /// Whether its publisher says that it mends a weakness.
    pub fn is_security(&self) -> bool {
        self.security == "yes"
    }
}

/// What changed between two lists of packages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackageChanges {
    /// What is in the later list alone, or with another state there.
    pub added: Vec<PackageRecord>,
    /// What is in the earlier list alone, or with another state there.
    pub removed: Vec<PackageKey>,
}

/// Compares two lists of packages. Taking `removed` out of `before` and putting `added` in gives `after`.
pub fn package_changes(before: &[PackageRecord], after: &[PackageRecord]) -> PackageChanges {
    let before: BTreeSet<&PackageRecord> = before.iter().collect();
    let after: BTreeSet<&PackageRecord> = after.iter().collect();
    PackageChanges {
        added: after
            .difference(&before)
            .map(|record| (*record).clone())
            .collect(),
        removed: before.difference(&after).map(|record| record.key()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    fn record(name: &str, version: &str, is_held: bool) -> PackageRecord {
        PackageRecord {
            architecture: "amd64".into(),
            is_held,
            name: name.into(),
            source: name.into(),
            source_version: version.into(),
            state: "installed".into(),
            version: version.into(),
        }
    }

    fn applied(before: &[PackageRecord], changes: &PackageChanges) -> Vec<PackageRecord> {
        let kept = before
            .iter()
            .filter(|record| !changes.removed.contains(&record.key()));
        let mut after: Vec<PackageRecord> = kept.chain(&changes.added).cloned().collect();
        after.sort();
        after
    }

    fn lists() -> impl Strategy<Value = Vec<PackageRecord>> {
        let one =
            ("[abc]", "[12]", any::<bool>()).prop_map(|(name, version, held)| record(&name, &version, held));
        proptest::collection::vec(one, 0..8).prop_map(|records| {
            let by_key: BTreeMap<_, _> = records.into_iter().map(|record| (record.key(), record)).collect();
            let mut records: Vec<_> = by_key.into_values().collect();
            records.sort();
            records
        })
    }

    proptest! {
        #[test]
        fn the_changes_lead_from_one_list_to_the_other(before in lists(), after in lists()) {
            let changes = package_changes(&before, &after);
            prop_assert_eq!(applied(&before, &changes), after.clone());
            prop_assert_eq!(package_changes(&after, &after), PackageChanges::default());
        }
    }

    #[test]
    fn an_upgrade_is_one_version_less_and_one_more() {
        let (before, after) = ([record("a", "1", false)], [record("a", "2", false)]);
        let changes = package_changes(&before, &after);
        assert_eq!(changes.added, after);
        assert_eq!(changes.removed, [before[0].key()]);
    }
}
