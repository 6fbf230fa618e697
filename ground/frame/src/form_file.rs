//! A file that came with a form of a page.

use std::fs::File;

use basis::{Class, Refusal};
use ledger::Hash;

/// A file that somebody chose in a form. It is in the data directory but has no name there, and is gone when the form was
/// answered.
#[derive(Debug)]
pub struct FormFile {
    /// What is in it, rewound.
    pub file: File,
    /// The name that the browser gave, which may be anything: characters that are no part of a name, a path, many lines.
    pub given_name: String,
    /// Size in bytes; never 0.
    pub size_bytes: u64,
    /// SHA-256 of the content.
    pub sha256: Hash,
}

/// Most characters of a given name that are looked at.
const NAME_CHARS_MAX: usize = 1_024;

/// The name as it was before the browser wrote it into the form (HTML, multipart form data: three characters are escaped).
pub(crate) fn given_name(written: &str) -> String {
    let name = written
        .replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n");
    name.chars().take(NAME_CHARS_MAX).collect()
}

/// The refusal of a form that needs a file and came without one.
pub(crate) fn no_file() -> Refusal {
    Refusal::new(Class::Invalid, "file", "no file was chosen")
        .way_out("choose a file and send the form again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_given_as_it_was_and_ends() {
        assert_eq!(given_name("a%22b%0D%0A%41.csv"), "a\"b\r\n%41.csv");
        assert_eq!(given_name(&"x".repeat(1_025)).len(), 1_024);
    }
}
