//! Which updates dnf knows of, and which of them an advisory calls a security update.

use std::cmp::Ordering;

use formats::versions::rpm::compare;

use super::apt_updates::lists_refreshed_at;
use super::rpm::name_and_evr;
use super::sections::Sections;
use crate::command::Exit;
use crate::state::{Learned, Origin, Package, PendingUpdate, Security, Standing, Updates};

/// Most updates that are read from one host.
const UPDATES_MAX: usize = 20_000;

/// A package at a version: `name-[epoch:]version-release.architecture`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Nevra {
    name: String,
    evr: String,
    architecture: String,
}

pub(super) fn read(sections: &Sections, packages: &[Package]) -> Learned<Updates> {
    // `dnf check-update`: 100 with updates, 0 without, 1 for every error.
    let rows = match sections.part("dnf-check") {
        Some((Exit::Code(100), text)) => available(&text),
        Some((Exit::Code(0), _)) => Vec::new(),
        Some((exit, _)) => {
            return Learned::Unknown(format!("`dnf check-update` gave {exit}; fetch the lists first"));
        }
        None => return Learned::Unknown("the host has no program `dnf`".to_owned()),
    };
    // A publisher without advisories says nothing about security; that is not "no security updates".
    let has_advisories = sections
        .text("dnf-advisories")
        .is_some_and(|text| !text.trim().is_empty());
    let fixes = sections
        .text("dnf-security")
        .map(|text| advised(&text))
        .unwrap_or_default();
    let pending = rows
        .into_iter()
        .take(UPDATES_MAX)
        .filter_map(|(candidate, repository)| {
            let installed = newest_installed(packages, &candidate)?;
            let security = if fixes
                .iter()
                .any(|fix| is_on_the_way(fix, &installed.version, &candidate))
            {
                Security::Yes
            } else if has_advisories {
                Security::No
            } else {
                Security::Unknown
            };
            Some(PendingUpdate {
                package: candidate.name,
                architecture: candidate.architecture,
                installed: installed.version.clone(),
                candidate: candidate.evr,
                origins: vec![Origin {
                    origin: String::new(),
                    label: repository.clone(),
                    suite: repository,
                    codename: String::new(),
                }],
                security,
                standing: Standing::Offered,
                offers: Vec::new(),
            })
        });
    Learned::Known(Updates {
        pending: pending.collect(),
        lists_refreshed_at: lists_refreshed_at(sections),
    })
}

fn newest_installed<'a>(packages: &'a [Package], candidate: &Nevra) -> Option<&'a Package> {
    let named = || packages.iter().filter(|package| package.name == candidate.name);
    let newest = |a: &&Package, b: &&Package| order(&a.version, &b.version);
    let same = named()
        .filter(|package| package.architecture == candidate.architecture)
        .max_by(newest);
    same.or_else(|| named().max_by(newest))
}

fn order(a: &str, b: &str) -> Ordering {
    compare(a, b).unwrap_or_else(|_| a.cmp(b))
}

fn is_on_the_way(fix: &Nevra, installed: &str, candidate: &Nevra) -> bool {
    fix.name == candidate.name
        && fix.architecture == candidate.architecture
        && order(&fix.evr, installed).is_gt()
        && order(&fix.evr, &candidate.evr).is_le()
}

/// Reads `name.architecture  evr  repository`. dnf breaks long rows over several lines, so words count and not lines;
/// what it lists as obsoleting is no update.
fn available(text: &str) -> Vec<(Nevra, String)> {
    let lines = text
        .lines()
        .take_while(|line| !line.starts_with("Obsoleting Packages"));
    let mut rows = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for line in lines {
        if line.trim().is_empty() || line.starts_with("Last metadata") || line.starts_with("Security:") {
            words.clear();
            continue;
        }
        words.extend(line.split_whitespace());
        if let [full_name, evr, repository] = words[..] {
            if let Some((name, architecture)) = full_name.rsplit_once('.') {
                let (name, evr) = (name.to_owned(), without_zero_epoch(evr));
                rows.push((
                    Nevra {
                        name,
                        evr,
                        architecture: architecture.to_owned(),
                    },
                    repository.to_owned(),
                ));
            }
            words.clear();
        }
    }
    rows
}

/// Reads `ADVISORY kind name-evr.architecture`; which publisher's prefix the advisory carries does not matter.
fn advised(text: &str) -> Vec<Nevra> {
    let last_words = text.lines().filter_map(|line| line.split_whitespace().last());
    let read = |word: &str| {
        let (stem, architecture) = word.rsplit_once('.')?;
        let (name, evr) = name_and_evr(stem)?;
        Some(Nevra {
            name: name.to_owned(),
            evr: without_zero_epoch(evr),
            architecture: architecture.to_owned(),
        })
    };
    last_words.filter_map(read).take(UPDATES_MAX).collect()
}

fn without_zero_epoch(evr: &str) -> String {
    evr.strip_prefix("0:").unwrap_or(evr).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Hold, PackageState};

    fn sections(parts: &[(&str, i32, &str)]) -> Sections {
        let mut text: String = parts
            .iter()
            .map(|(name, code, body)| format!("@tagout {name} {code} {}\n{body}\n", body.len()))
            .collect();
        text += "@tagout end 0 0\n\n";
        Sections::read(text.as_bytes()).unwrap()
    }

    fn package(name: &str, version: &str) -> Package {
        Package {
            name: name.into(),
            architecture: "noarch".into(),
            version: version.into(),
            source: String::new(),
            source_version: String::new(),
            state: PackageState::Installed,
            hold: Hold::Free,
        }
    }

    const CHECK: &str = "\nlabrpm001.noarch        1.0-2.el9_4       lab-updates\n\
        a-name-that-is-too-long-for-its-column.noarch\n                        2:3-1             lab-updates\n\
        Obsoleting Packages\nx.noarch 1-1 lab\n";

    #[test]
    fn a_row_that_dnf_breaks_is_one_update() {
        let rows = available(CHECK);
        let names: Vec<&str> = rows.iter().map(|(nevra, _)| nevra.name.as_str()).collect();
        assert_eq!(names, ["labrpm001", "a-name-that-is-too-long-for-its-column"]);
        assert_eq!(rows[1].0.evr, "2:3-1");
    }

    #[test]
    fn security_is_unknown_where_the_publisher_has_no_advisories() {
        let packages = [package("labrpm001", "1.0-1.el9")];
        let advisory = "LABSA-2026:0002 Important/Sec. labrpm001-1.0-2.el9_4.noarch\n";
        let other = "LABSA-2026:0002 Important/Sec. labrpm001-1.0-1.el9.noarch\n";
        for (all, security, expected) in [
            (advisory, advisory, Security::Yes),
            (advisory, other, Security::No),
            (advisory, "", Security::No),
            ("\n", "", Security::Unknown),
        ] {
            let parts = [
                ("dnf-check", 100, CHECK),
                ("dnf-advisories", 0, all),
                ("dnf-security", 0, security),
            ];
            let Learned::Known(updates) = read(&sections(&parts), &packages) else {
                panic!();
            };
            assert_eq!(updates.pending.len(), 1);
            assert_eq!(updates.pending[0].security, expected, "{all:?} {security:?}");
        }
    }

    #[test]
    fn an_error_of_dnf_is_unknown_and_not_up_to_date() {
        assert!(read(&sections(&[("dnf-check", 1, "")]), &[]).known().is_none());
        assert!(
            read(&sections(&[("dnf-check", 0, "")]), &[])
                .known()
                .is_some_and(|u| u.pending.is_empty())
        );
    }
}
