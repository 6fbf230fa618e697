//! Reads the list of `rpm -qa` that `collect.sh` asks for.

use super::dpkg::PACKAGES_MAX;
use crate::HostError;
use crate::state::{Hold, Package, PackageState};

/// Reads one package per line; keys, which rpm lists as packages, are passed over.
pub(super) fn read(text: &str) -> Result<Vec<Package>, HostError> {
    let mut packages = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| HostError::bad_answer("packages", format!("{what} in line {}", number + 1));
        if number >= PACKAGES_MAX {
            return Err(wrong("too many packages"));
        }
        let [name, architecture, epoch, version, release, source] = line.split('\t').collect::<Vec<_>>()[..]
        else {
            return Err(wrong("six fields were expected"));
        };
        if name == "gpg-pubkey" {
            continue;
        }
        let (source, source_version) = source_package(source);
        packages.push(Package {
            name: name.to_owned(),
            architecture: architecture.to_owned(),
            version: evr(epoch, version, release),
            source,
            source_version,
            state: PackageState::Installed,
            hold: Hold::Free,
        });
    }
    packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
    Ok(packages)
}

fn evr(epoch: &str, version: &str, release: &str) -> String {
    match epoch {
        "0" | "(none)" | "" => format!("{version}-{release}"),
        epoch => format!("{epoch}:{version}-{release}"),
    }
}

/// `openssl-3.0.7-27.el9.src.rpm` is `openssl` at `3.0.7-27.el9`.
fn source_package(file: &str) -> (String, String) {
    let stem = file.trim_end_matches(".rpm");
    let stem = stem
        .strip_suffix(".src")
        .or_else(|| stem.strip_suffix(".nosrc"))
        .unwrap_or(stem);
    match name_and_evr(stem) {
        Some((name, evr)) => (name.to_owned(), evr.to_owned()),
        None => (String::new(), String::new()),
    }
}

/// Splits `name-version-release` at the second hyphen from the end.
pub(super) fn name_and_evr(text: &str) -> Option<(&str, &str)> {
    let release = text.rfind('-')?;
    let version = text[..release].rfind('-')?;
    Some((&text[..version], &text[version + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_and_source_packages_are_read_and_keys_left_out() {
        let text = "openssl-libs\tx86_64\t1\t3.0.7\t27.el9\topenssl-3.0.7-27.el9.src.rpm\n\
            gpg-pubkey\t(none)\t0\t4805d380\t6b02a1de\t(none)\n\
            labrpm001\tnoarch\t0\t1.0\t1.el9\tlabrpm001-1.0-1.el9.src.rpm\n";
        let packages = read(text).unwrap();
        let rows: Vec<String> = packages
            .iter()
            .map(|p| format!("{} {} {} {}", p.name, p.version, p.source, p.source_version))
            .collect();
        assert_eq!(
            rows,
            [
                "labrpm001 1.0-1.el9 labrpm001 1.0-1.el9",
                "openssl-libs 1:3.0.7-27.el9 openssl 3.0.7-27.el9"
            ]
        );
        assert!(read("a\tb\n").unwrap_err().to_string().ends_with("in line 1"));
    }
}
