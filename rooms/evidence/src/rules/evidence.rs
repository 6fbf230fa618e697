//! What evidence is.

use std::fmt;

use basis::{Class, PersonId, Refusal, Subject, Time, id_type};
use ledger::Hash;
use policy::{EvidenceFacts, EvidenceKind};

id_type!(
    /// One file in the vault, with what is known about it.
    EvidenceId,
    "EVD",
    "evidence"
);
id_type!(
    /// One time that somebody opened evidence.
    OpeningId,
    "OPN",
    "opening"
);

/// Most characters of a name; file systems take 255 bytes.
const NAME_CHARS_MAX: usize = 200;
/// Most characters that count as the ending of a name, its dot too.
const ENDING_CHARS_MAX: usize = 16;

/// The name of a file: 1 to 200 characters without control characters and path separators.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EvidenceName(String);

impl EvidenceName {
    /// Takes a text as a name.
    ///
    /// # Errors
    /// A refusal of class `Invalid` that says what a name may be.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let is_name = (1..=NAME_CHARS_MAX).contains(&text.chars().count())
            && !text.chars().any(is_foreign)
            && text.trim() == text
            && !text.chars().all(|character| character == '.');
        if is_name {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text
            .chars()
            .take(40)
            .map(|c| if c.is_control() { '?' } else { c })
            .collect();
        Err(Refusal::new(
            Class::Invalid,
            "evidence name",
            format!("`{shown}` cannot be the name of a file"),
        )
        .way_out(format!(
            "take 1 to {NAME_CHARS_MAX} characters without slashes, backslashes and control characters"
        )))
    }

    /// Makes a name from any text, with a dash for every character that has no place in one or is not seen. What is too long
    /// loses the end of its stem: the ending says what kind of file it is.
    pub fn made_of(text: &str) -> Self {
        let is_out = |character| is_foreign(character) || is_unseen(character);
        let plain = text.trim().chars();
        let plain: Vec<char> = plain
            .map(|character| if is_out(character) { '-' } else { character })
            .collect();
        let ending = plain
            .iter()
            .rev()
            .take(ENDING_CHARS_MAX)
            .position(|character| *character == '.');
        let ending = plain.len() - ending.map_or(0, |before| before + 1);
        let (stem, ending) = plain.split_at(ending);
        let stem = &stem[..stem.len().min(NAME_CHARS_MAX - ending.len())];
        let plain: String = stem.iter().chain(ending).collect();
        let plain = plain.trim();
        if plain.chars().all(|character| character == '.') {
            return Self("unnamed".to_owned());
        }
        Self(plain.to_owned())
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_foreign(character: char) -> bool {
    // Marks that turn the direction of writing make a name look like another one.
    let turns =
        matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    character.is_control() || turns || matches!(character, '/' | '\\')
}

/// Characters that nobody sees, or that begin a line without being control characters.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

impl fmt::Display for EvidenceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Declares the media types with their names and the endings of file names that speak for them.
macro_rules! media_types {
    ($($(#[$doc:meta])* $value:ident = $name:literal: $($ending:literal)*,)+) => {
        /// What kind of file it is; a fixed list, so that nobody is ever handed something that runs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum MediaType {
            $($(#[$doc])* $value,)+
        }

        impl MediaType {
            /// Every media type.
            pub const ALL: &'static [MediaType] = &[$(MediaType::$value),+];

            /// Its name, such as `text/csv`.
            pub fn name(self) -> &'static str {
                match self {
                    $(MediaType::$value => $name,)+
                }
            }

            /// The media type that the ending of a file name speaks for; bytes where it says nothing.
            pub fn of_file_name(name: &str) -> Self {
                let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
                match ending.as_str() {
                    $($($ending)|* => MediaType::$value,)+
                    _ => MediaType::Bytes,
                }
            }
        }
    };
}

media_types! {
    /// Plain text in UTF-8: logs, transcripts, lists.
    Text = "text/plain": "txt" "log" "md",
    /// A table.
    Csv = "text/csv": "csv",
    /// JSON.
    Json = "application/json": "json",
    /// XML; scanner reports.
    Xml = "application/xml": "xml" "nessus",
    /// PDF.
    Pdf = "application/pdf": "pdf",
    /// A ZIP archive.
    Zip = "application/zip": "zip",
    /// A gzip-compressed file.
    Gzip = "application/gzip": "gz" "tgz",
    /// A PNG picture.
    Png = "image/png": "png",
    /// A JPEG picture.
    Jpeg = "image/jpeg": "jpg" "jpeg",
    /// A spreadsheet of Office Open XML.
    Spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    /// A document of Office Open XML.
    Document = "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    /// Any other bytes.
    Bytes = "application/octet-stream": "bin",
}

impl MediaType {
    /// The media type with this name.
    pub fn named(name: &str) -> Option<Self> {
        MediaType::ALL
            .iter()
            .copied()
            .find(|media_type| media_type.name() == name)
    }
}

/// A stored file: its name and size in the vault, and the hash and size of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFile {
    /// SHA-256 of the stored, encrypted bytes: its name in the vault.
    pub sha256: Hash,
    /// Size of the stored bytes.
    pub size: u64,
    /// SHA-256 of the content in the clear.
    pub clear_sha256: Hash,
    /// Size of the content in the clear.
    pub clear_size: u64,
}

/// What is claimed of a stored file that is about to become evidence.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The name of the file.
    pub name: EvidenceName,
    /// What kind of file it is.
    pub media_type: MediaType,
    /// What it shows.
    pub kind: EvidenceKind,
    /// The file, already in the vault. One stored file becomes one piece of evidence.
    pub blob: StoredFile,
    /// What it is about: change, asset, run, finding, person; at most 200.
    pub about: Vec<Subject>,
    /// The assessment objectives that it serves, such as `r2:3.4.3[c]`.
    pub objectives: Vec<String>,
    /// Whether it is in final form. A draft proves nothing (32 CFR 170.24(b)).
    pub is_final: bool,
    /// When what it shows was true.
    pub taken_at: Time,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// The name of the file.
    pub name: EvidenceName,
    /// What kind of file it is.
    pub media_type: MediaType,
    /// What it shows.
    pub kind: EvidenceKind,
    /// The file: its name and size in the vault, and the hash and size of its content.
    pub blob: StoredFile,
    /// What it is about, in order.
    pub about: Vec<Subject>,
    /// The assessment objectives that it serves, in order.
    pub objectives: Vec<String>,
    /// When what it shows was true.
    pub taken_at: Time,
    /// Who added it.
    pub added_by: PersonId,
    /// When it was added.
    pub added_at: Time,
    /// Whether it counts.
    pub standing: Standing,
}

impl Evidence {
    /// What the rules of the policy look at.
    pub fn facts(&self) -> EvidenceFacts {
        let is_asset = |subject: &&Subject| subject.to_string().starts_with("AST-");
        EvidenceFacts {
            kind: self.kind,
            assets: self.about.iter().filter(is_asset).cloned().collect(),
            taken_at: self.taken_at,
            is_final: self.standing == Standing::Final,
        }
    }

    /// SHA-256 of the content in the clear.
    pub fn content_sha256(&self) -> Hash {
        self.blob.clear_sha256
    }
}

/// Whether evidence counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is not in final form and proves nothing yet.
    Draft,
    /// It is in final form.
    Final,
    /// Its content is gone.
    Destroyed {
        /// Who destroyed it.
        by: PersonId,
        /// When.
        at: Time,
        /// Why.
        reason: String,
    },
}

impl Standing {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Standing::Draft => "draft",
            Standing::Final => "final",
            Standing::Destroyed { .. } => "destroyed",
        }
    }
}

/// One time that somebody opened evidence to look at its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Its id.
    pub id: OpeningId,
    /// Which evidence.
    pub evidence: EvidenceId,
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Time,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_a_plain_file_name_of_at_most_200_characters() {
        for good in ["a", "scan 2026.nessus", "ü.txt", ".profile", &"ä".repeat(200)] {
            assert_eq!(EvidenceName::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a\nb",
            " a",
            "a ",
            "a\u{202e}b",
            &"a".repeat(201),
        ] {
            assert!(EvidenceName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_made_of_a_hostile_one_is_harmless_and_keeps_its_ending() {
        let rows = [
            ("../../etc/passwd", "..-..-etc-passwd"),
            ("C:\\scans\\a.nessus", "C:-scans-a.nessus"),
            ("a\r\nb\0.csv", "a--b-.csv"),
            ("gpj.\u{202e}exe", "gpj.-exe"),
            ("zero\u{200b}width\u{feff}.txt", "zero-width-.txt"),
            (" . ", "unnamed"),
            ("", "unnamed"),
        ];
        for (given, made) in rows {
            assert_eq!(EvidenceName::made_of(given).as_str(), made);
        }
        for stem in [196, 197] {
            let long = format!("{}.csv", "a".repeat(stem));
            let made = EvidenceName::made_of(&long);
            assert_eq!(made.as_str(), format!("{}.csv", "a".repeat(196)));
        }
    }

    #[test]
    fn the_ending_of_a_name_speaks_for_its_media_type() {
        let rows = [
            ("Scan.NESSUS", MediaType::Xml),
            ("a.csv", MediaType::Csv),
            ("a.tar.gz", MediaType::Gzip),
            ("a", MediaType::Bytes),
            ("a.exe", MediaType::Bytes),
        ];
        for (name, media_type) in rows {
            assert_eq!(MediaType::of_file_name(name), media_type, "{name}");
        }
        for media_type in MediaType::ALL {
            assert_eq!(MediaType::named(media_type.name()), Some(*media_type));
        }
    }

    proptest! {
        #[test]
        fn a_name_made_of_any_text_is_a_name(text in "\\PC{0,260}|.{0,260}") {
            let name = EvidenceName::made_of(&text);
            prop_assert_eq!(EvidenceName::parse(name.as_str()), Ok(name));
        }
    }
}
