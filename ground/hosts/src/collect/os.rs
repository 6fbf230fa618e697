//! Reads os-release(5).

use crate::state::{Os, OsFamily};

/// Reads the fields that we use; unknown and broken lines are passed over, as the format asks.
pub(super) fn read(text: &str) -> Os {
    let field = |name: &str| {
        let of_line = |line: &str| Some(unquote(line.trim().strip_prefix(name)?.strip_prefix('=')?));
        text.lines().filter_map(of_line).last().unwrap_or_default()
    };
    let id = field("ID");
    let id_like: Vec<String> = field("ID_LIKE").split_whitespace().map(str::to_owned).collect();
    let is_like =
        |names: &[&str]| names.contains(&id.as_str()) || id_like.iter().any(|l| names.contains(&l.as_str()));
    let family = if is_like(&["debian", "ubuntu"]) {
        OsFamily::Debian
    } else if is_like(&["rhel", "fedora", "centos"]) {
        OsFamily::Rhel
    } else {
        OsFamily::Other
    };
    Os {
        version_id: field("VERSION_ID"),
        codename: field("VERSION_CODENAME"),
        pretty_name: field("PRETTY_NAME"),
        id,
        id_like,
        family,
    }
}

/// Takes off one pair of quotes, and the backslashes before characters that are special within double ones.
fn unquote(value: &str) -> String {
    let value = value.trim();
    if let Some(inner) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return inner.to_owned();
    }
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let mut plain = String::new();
    let mut characters = quoted.unwrap_or(value).chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            character => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_comes_from_the_name_or_from_what_it_is_like() {
        let rows = [
            (
                "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm",
                OsFamily::Debian,
            ),
            ("ID=ubuntu\nID_LIKE=debian", OsFamily::Debian),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", OsFamily::Rhel),
            ("ID=fedora", OsFamily::Rhel),
            ("ID=alpine", OsFamily::Other),
            ("", OsFamily::Other),
        ];
        for (text, family) in rows {
            assert_eq!(read(text).family, family, "{text}");
        }
    }

    #[test]
    fn quotes_and_escapes_are_read_as_a_shell_would() {
        let os = read("PRETTY_NAME=\"A \\\"big\\\" \\$1\"\nVERSION_ID='9.4'\nID=x # no comment");
        assert_eq!(
            (os.pretty_name.as_str(), os.version_id.as_str()),
            ("A \"big\" $1", "9.4")
        );
    }
}
