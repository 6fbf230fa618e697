//! Reads `apt-cache policy`: which versions are to be had, and who publishes them.

use std::collections::BTreeMap;

use crate::state::{Offer, Origin};

/// Most version rows of one package.
const VERSIONS_MAX: usize = 1_000;

/// One package's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// Name, with `:architecture` for a foreign one.
    pub package: String,
    /// The installed version; empty where there is none.
    pub installed: String,
    /// What apt would choose; empty where there is nothing.
    pub candidate: String,
    /// Rows, newest first.
    pub versions: Vec<Row>,
}

/// One version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub version: String,
    /// Whether only a share of hosts gets it yet.
    pub is_phased: bool,
    /// The package lists that hold it, as printed behind the priority; none where it is only installed.
    pub lists: Vec<String>,
}

impl Table {
    /// The versions that a repository still holds.
    pub(crate) fn offers(&self) -> Vec<Offer> {
        let held = self.versions.iter().filter(|row| !row.lists.is_empty());
        held.map(|row| Offer {
            version: row.version.clone(),
            suites: row.lists.iter().map(|list| suite(list).to_owned()).collect(),
        })
        .collect()
    }
}

/// `copy:/srv/x bookworm-security/main amd64 Packages` is of `bookworm-security`.
pub(crate) fn suite(list: &str) -> &str {
    let word = list.split_whitespace().nth(1).unwrap_or_default();
    word.split_once('/').map_or(word, |(suite, _)| suite)
}

/// Reads the tables that `apt-cache policy NAME…` prints.
pub(crate) fn read_tables(text: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for line in text.lines() {
        if let Some(package) = line.strip_suffix(':').filter(|name| !name.starts_with(' ')) {
            tables.push(Table {
                package: package.to_owned(),
                installed: String::new(),
                candidate: String::new(),
                versions: Vec::new(),
            });
            continue;
        }
        let Some(table) = tables.last_mut() else {
            continue;
        };
        let trimmed = line.trim_start();
        if let Some(version) = trimmed.strip_prefix("Installed: ") {
            table.installed = known(version);
        } else if let Some(version) = trimmed.strip_prefix("Candidate: ") {
            table.candidate = known(version);
        } else if line.starts_with("        ") {
            add_list(table, trimmed);
        } else if line.starts_with(" *** ") || line.starts_with("     ") {
            add_row(table, line);
        }
    }
    tables
}

fn known(version: &str) -> String {
    if version == "(none)" {
        String::new()
    } else {
        version.to_owned()
    }
}

fn add_row(table: &mut Table, line: &str) {
    let words = line.trim_start_matches([' ', '*']);
    let Some(version) = words.split_whitespace().next() else {
        return;
    };
    if table.versions.len() < VERSIONS_MAX {
        table.versions.push(Row {
            version: version.to_owned(),
            is_phased: words.contains("(phased "),
            lists: Vec::new(),
        });
    }
}

fn add_list(table: &mut Table, line: &str) {
    let Some((_, list)) = line.split_once(' ') else {
        return;
    };
    let is_own_status = list.trim().starts_with('/');
    if let Some(row) = table.versions.last_mut().filter(|_| !is_own_status) {
        row.lists.push(list.trim().to_owned());
    }
}

/// Reads the releases that a bare `apt-cache policy` prints: list line → who publishes it.
pub(crate) fn read_releases(text: &str) -> BTreeMap<String, Origin> {
    let mut releases = BTreeMap::new();
    let mut list = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        let Some(fields) = trimmed.strip_prefix("release ") else {
            let starts_with_number = trimmed.starts_with(|c: char| c.is_ascii_digit() || c == '-');
            if let Some((_, rest)) = trimmed.split_once(' ').filter(|_| starts_with_number) {
                list = rest.trim().to_owned();
            }
            continue;
        };
        let field = |name: &str| {
            let mut values = fields.split(',').filter_map(|pair| pair.split_once('='));
            values
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
                .unwrap_or_default()
        };
        if !list.starts_with('/') {
            let origin = Origin {
                origin: field("o"),
                label: field("l"),
                suite: field("a"),
                codename: field("n"),
            };
            releases.insert(std::mem::take(&mut list), origin);
        }
    }
    releases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_tells_which_versions_can_still_be_had() {
        let text = "labpkg002:\n  Installed: 1.0-1\n  Candidate: 1.0-1+deb12u1\n  Version table:\n\
            \x20    1.0-1+deb12u1 500\n        500 copy:/srv/r bookworm-security/main amd64 Packages\n\
            \x20*** 1.0-1 500\n        500 copy:/srv/r bookworm/main amd64 Packages\n        100 /var/lib/dpkg/status\n\
            lab-reboot:\n  Installed: 1.0-1\n  Candidate: (none)\n  Version table:\n\
            \x20    2.0 500 (phased 10%)\n        500 http://h u/main amd64 Packages\n\
            \x20*** 1.0-1 100\n        100 /var/lib/dpkg/status\n";
        let tables = read_tables(text);
        assert_eq!(tables.len(), 2);
        let offers: Vec<String> = tables[0]
            .offers()
            .iter()
            .map(|o| format!("{} {:?}", o.version, o.suites))
            .collect();
        assert_eq!(
            offers,
            ["1.0-1+deb12u1 [\"bookworm-security\"]", "1.0-1 [\"bookworm\"]"]
        );
        assert_eq!(tables[1].offers().len(), 1);
        assert!(tables[1].versions[0].is_phased && tables[1].candidate.is_empty());
    }

    #[test]
    fn releases_are_found_by_the_line_that_names_the_list() {
        let text = "Package files:\n 100 /var/lib/dpkg/status\n     release a=now\n\
            \x20500 copy:/srv/r bookworm-security/main amd64 Packages\n\
            \x20    release v=12,o=Debian,a=oldstable-security,n=bookworm-security,l=Debian-Security,c=main,b=amd64\n\
            \x20    origin h\nPinned packages:\n";
        let releases = read_releases(text);
        assert_eq!(releases.len(), 1);
        let origin = &releases["copy:/srv/r bookworm-security/main amd64 Packages"];
        assert_eq!(
            (origin.label.as_str(), origin.codename.as_str()),
            ("Debian-Security", "bookworm-security")
        );
    }
}
