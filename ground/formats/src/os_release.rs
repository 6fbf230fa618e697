//! `/etc/os-release` (os-release(5), freedesktop.org): which system a host runs.

use std::collections::BTreeMap;

use thiserror::Error;

/// The largest file that is read, in bytes; real ones have about 500.
pub const OS_RELEASE_BYTES_MAX: usize = 64 * 1024;

/// What a host says about its operating system. Fields that the file does not give are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OsRelease {
    /// `ID`, in lower case: `debian`; `linux` if the file does not give it, as the specification says.
    pub id: String,
    /// `ID_LIKE`, closest relative first: `rhel centos fedora`.
    pub id_like: Vec<String>,
    /// `VERSION_ID`: `12`, `9.4`; empty for rolling releases.
    pub version_id: String,
    /// `VERSION_CODENAME`: `bookworm`.
    pub version_codename: String,
    /// `PRETTY_NAME`, for people.
    pub pretty_name: String,
}

/// How packages are managed, as far as this program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// dpkg and apt.
    Debian,
    /// rpm and dnf.
    Rpm,
    /// Anything else.
    Other,
}

/// Says why a file is not an os-release file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OsReleaseError {
    /// The file is larger than [`OS_RELEASE_BYTES_MAX`].
    #[error("the os-release file has {bytes} bytes; at most {OS_RELEASE_BYTES_MAX} are read")]
    TooLarge {
        /// Size in bytes.
        bytes: usize,
    },
    /// A line is neither empty, nor a comment, nor an assignment.
    #[error("line {line} of os-release is not `NAME=value`; check the file on the host")]
    NotAssignment {
        /// Line from 1.
        line: usize,
    },
    /// Quotes or escapes of a value do not come out even, or something follows the value.
    #[error(
        "the value of `{name}` in line {line} of os-release is not quoted rightly; check the file on the host"
    )]
    Quoting {
        /// Name of the field.
        name: String,
        /// Line from 1.
        line: usize,
    },
}

impl OsRelease {
    /// Parses the text of the file. A field that stands twice counts as it stands last, as in a shell.
    ///
    /// # Errors
    /// Names the line that is no assignment or is quoted wrongly.
    pub fn parse(text: &str) -> Result<OsRelease, OsReleaseError> {
        if text.len() > OS_RELEASE_BYTES_MAX {
            return Err(OsReleaseError::TooLarge { bytes: text.len() });
        }
        let mut fields = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = assignment(line).ok_or(OsReleaseError::NotAssignment { line: at + 1 })?;
            let value = unquoted(value).ok_or_else(|| OsReleaseError::Quoting {
                name: name.to_owned(),
                line: at + 1,
            })?;
            fields.insert(name, value);
        }
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        let id = take("ID").to_ascii_lowercase();
        Ok(OsRelease {
            id: if id.is_empty() { "linux".to_owned() } else { id },
            id_like: take("ID_LIKE")
                .split_whitespace()
                .map(str::to_ascii_lowercase)
                .collect(),
            version_id: take("VERSION_ID"),
            version_codename: take("VERSION_CODENAME"),
            pretty_name: take("PRETTY_NAME"),
        })
    }

    /// How packages are managed: by `ID`, else by the first relative in `ID_LIKE` that is known.
    pub fn family(&self) -> Family {
        std::iter::once(&self.id)
            .chain(&self.id_like)
            .find_map(|id| match id.as_str() {
                "debian" | "ubuntu" => Some(Family::Debian),
                "rhel" | "fedora" | "centos" | "almalinux" | "rocky" | "ol" | "amzn" => Some(Family::Rpm),
                _ => None,
            })
            .unwrap_or(Family::Other)
    }
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let starts_well = name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    (is_name && starts_well).then_some((name, value))
}

/// Undoes shell quoting: bare words, single quotes, double quotes with `\` before `"`, `$`, backquote and `\`.
fn unquoted(value: &str) -> Option<String> {
    let mut text = String::with_capacity(value.len());
    let mut quote = None;
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (Some('"'), '\\') => match characters.next()? {
                escaped @ ('"' | '$' | '`' | '\\') => text.push(escaped),
                other => text.extend(['\\', other]),
            },
            (None, '\\') => text.push(characters.next()?),
            // Expansion and more than one word are not allowed by the specification.
            (None, _) if c.is_whitespace() => return None,
            (None | Some('"'), '$' | '`') => return None,
            _ => text.push(c),
        }
    }
    quote.is_none().then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_files_of_common_systems_are_read() {
        let rows = [
            (
                "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n",
                ("debian", "12", "bookworm", Family::Debian),
            ),
            (
                "ID=ubuntu\nID_LIKE=debian\nVERSION_ID='22.04'\r\n",
                ("ubuntu", "22.04", "", Family::Debian),
            ),
            (
                "NAME=\"AlmaLinux\"\nID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n",
                ("almalinux", "9.4", "", Family::Rpm),
            ),
            (
                "ID=raspbian\nID_LIKE=debian\n",
                ("raspbian", "", "", Family::Debian),
            ),
            (
                "ID=my-el\nID_LIKE=\"other rhel\"\n",
                ("my-el", "", "", Family::Rpm),
            ),
            ("# comment\n\nID=arch\n", ("arch", "", "", Family::Other)),
            ("", ("linux", "", "", Family::Other)),
            ("ID=one\nID=two\n", ("two", "", "", Family::Other)),
        ];
        for (text, (id, version_id, codename, family)) in rows {
            let release = OsRelease::parse(text).unwrap();
            assert_eq!(release.id, id);
            assert_eq!(release.version_id, version_id);
            assert_eq!(release.version_codename, codename);
            assert_eq!(release.family(), family, "{text}");
        }
    }

    #[test]
    fn quotes_and_escapes_are_undone_as_a_shell_does() {
        let rows = [
            (r#"PRETTY_NAME="a \"b\" \$c \\d \e""#, r#"a "b" $c \d \e"#),
            (r"PRETTY_NAME='a \b $c'", r"a \b $c"),
            (r"PRETTY_NAME=a\ b", "a b"),
            (r#"PRETTY_NAME=a"b c"'d'"#, "ab cd"),
            ("PRETTY_NAME=", ""),
        ];
        for (line, expected) in rows {
            assert_eq!(OsRelease::parse(line).unwrap().pretty_name, expected, "{line}");
        }
    }

    #[test]
    fn bad_lines_are_refused_with_their_number() {
        let quoting = |line| OsReleaseError::Quoting {
            name: "ID".to_owned(),
            line,
        };
        let rows = [
            ("ID=a\nhello", OsReleaseError::NotAssignment { line: 2 }),
            ("=a", OsReleaseError::NotAssignment { line: 1 }),
            ("A B=a", OsReleaseError::NotAssignment { line: 1 }),
            ("\nID=\"a", quoting(2)),
            ("ID='a", quoting(1)),
            ("ID=a b", quoting(1)),
            ("ID=$(reboot)", quoting(1)),
            ("ID=\"`reboot`\"", quoting(1)),
            ("ID=a\\", quoting(1)),
        ];
        for (text, expected) in rows {
            assert_eq!(OsRelease::parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn a_file_at_the_size_limit_is_read_and_one_byte_more_is_refused() {
        assert!(OsRelease::parse(&"\n".repeat(OS_RELEASE_BYTES_MAX)).is_ok());
        let error = OsRelease::parse(&"\n".repeat(OS_RELEASE_BYTES_MAX + 1)).unwrap_err();
        assert_eq!(
            error,
            OsReleaseError::TooLarge {
                bytes: OS_RELEASE_BYTES_MAX + 1
            }
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(?s).*", value in "[a\"'\\\\$ ]{0,12}") {
            let _ = OsRelease::parse(&text);
            let _ = OsRelease::parse(&format!("ID={value}"));
        }
    }
}
