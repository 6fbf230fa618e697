//! Recognises by its first bytes a file that no reader here takes, so that whoever chose it is told what it is.

use std::fmt;

/// How many of the first bytes say enough.
pub const FIRST_BYTES: usize = 64;

/// Where the name of the first file stands in a ZIP archive (APPNOTE 4.3.7).
const ZIP_NAME_AT: usize = 30;

/// A kind of file that no reader here takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A ZIP archive (APPNOTE 4.3.7).
    Zip,
    /// A document of an office program, which is a ZIP archive inside (ECMA-376).
    Office,
    /// A file compressed with gzip (RFC 1952).
    Gzip,
    /// A picture (PNG, RFC 2083).
    Png,
    /// A picture (JPEG).
    Jpeg,
    /// A document to print (PDF, ISO 32000).
    Pdf,
}

/// What the file is, if its first bytes are those of a kind that is not read here.
pub fn foreign(first: &[u8]) -> Option<Foreign> {
    const STARTS: [(&[u8], Foreign); 6] = [
        (b"PK\x03\x04", Foreign::Zip),
        (b"PK\x05\x06", Foreign::Zip),
        (b"\x1f\x8b", Foreign::Gzip),
        (b"\x89PNG\r\n\x1a\n", Foreign::Png),
        (b"\xff\xd8\xff", Foreign::Jpeg),
        (b"%PDF-", Foreign::Pdf),
    ];
    let found = STARTS.into_iter().find(|(start, _)| first.starts_with(start));
    let (_, kind) = found?;
    let name = first.get(ZIP_NAME_AT..).unwrap_or_default();
    let is_office =
        name.starts_with(b"[Content_Types].xml") || name.starts_with(b"xl/") || name.starts_with(b"_rels/");
    Some(if kind == Foreign::Zip && is_office {
        Foreign::Office
    } else {
        kind
    })
}

impl Foreign {
    /// What to do where `wanted` was to be chosen, such as `the .nessus file`.
    pub fn way_out(self, wanted: &str) -> String {
        match self {
            Foreign::Zip | Foreign::Gzip => format!("unpack it and give {wanted} inside"),
            Foreign::Office => format!("save or export it as {wanted}, and give that"),
            Foreign::Png | Foreign::Jpeg | Foreign::Pdf => {
                format!("give {wanted} itself; what is printed or pictured cannot be read")
            }
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::Zip => "this is a ZIP archive",
            Foreign::Office => "this is a document of an office program, such as XLSX",
            Foreign::Gzip => "this is a file compressed with gzip",
            Foreign::Png => "this is a picture (PNG)",
            Foreign::Jpeg => "this is a picture (JPEG)",
            Foreign::Pdf => "this is a PDF document",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip_of(name: &str) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(ZIP_NAME_AT, 0);
        bytes.extend(name.as_bytes());
        bytes
    }

    #[test]
    fn common_wrong_files_are_called_by_their_names() {
        for (first, kind) in [
            (zip_of("scan.nessus"), Some(Foreign::Zip)),
            (b"PK\x05\x06".to_vec(), Some(Foreign::Zip)),
            (zip_of("[Content_Types].xml"), Some(Foreign::Office)),
            (zip_of("xl/workbook.xml"), Some(Foreign::Office)),
            (b"\x1f\x8b\x08".to_vec(), Some(Foreign::Gzip)),
            (b"\x89PNG\r\n\x1a\n\0\0".to_vec(), Some(Foreign::Png)),
            (b"\xff\xd8\xff\xe0".to_vec(), Some(Foreign::Jpeg)),
            (b"%PDF-1.7".to_vec(), Some(Foreign::Pdf)),
            (b"<?xml version=\"1.0\"?>".to_vec(), None),
            (b"name,kind\r\n".to_vec(), None),
            (b"{}".to_vec(), None),
            (b"PK,1\r\n".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(foreign(&first), kind, "{first:?}");
        }
        assert_eq!(
            Foreign::Zip.way_out("the .nessus file"),
            "unpack it and give the .nessus file inside"
        );
    }
}
