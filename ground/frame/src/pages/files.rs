//! The files that pages need, embedded in the program: style, script, icons. None comes from elsewhere.

use std::io::Write;
use std::sync::LazyLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use ledger::Hash;

struct File {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! file {
    ($name:literal, $media_type:expr) => {
        File {
            name: $name,
            media_type: $media_type,
            bytes: include_bytes!(concat!("../../static/", $name)),
        }
    };
}

const FILES: &[File] = &[
    file!("htmx-sse.js", SCRIPT),
    file!("htmx.js", SCRIPT),
    file!("img/checkbox-indeterminate-alt.svg", SVG),
    file!("img/checkbox-indeterminate.svg", SVG),
    file!("img/correct8-alt.svg", SVG),
    file!("img/correct8.svg", SVG),
    file!("img/usa-icons-bg/error--white.svg", SVG),
    file!("img/usa-icons/arrow_back.svg", SVG),
    file!("img/usa-icons/check_circle.svg", SVG),
    file!("img/usa-icons/error.svg", SVG),
    file!("img/usa-icons/info.svg", SVG),
    file!("img/usa-icons/navigate_next.svg", SVG),
    file!("img/usa-icons/search.svg", SVG),
    file!("img/usa-icons/unfold_more.svg", SVG),
    file!("img/usa-icons/warning.svg", SVG),
    file!("tagout.css", CSS),
    file!("tagout.js", SCRIPT),
    file!("tagout.svg", SVG),
    file!("uswds.css", CSS),
];

/// A name for exactly these files, so that browsers may keep them for ever.
static EDITION: LazyLock<String> = LazyLock::new(|| {
    let whole: Vec<u8> = FILES.iter().flat_map(|file| file.bytes).copied().collect();
    Hash::of(&whole).to_string()[..12].to_owned()
});

static ZIPPED: LazyLock<Vec<Bytes>> = LazyLock::new(|| FILES.iter().map(|file| zipped(file.bytes)).collect());

/// A file as it is sent.
pub(crate) struct FileReply {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Bytes,
    pub(crate) is_zipped: bool,
    /// Whether it was asked for by the name that holds for these very bytes.
    pub(crate) is_for_ever: bool,
}

/// Where a page finds the file of this name.
pub(crate) fn file_url(name: &str) -> String {
    format!("/static/{}/{name}", *EDITION)
}

/// The file for the path below `/static/`.
pub(crate) fn static_file(path: &str, takes_gzip: bool) -> Option<FileReply> {
    let (edition, name) = path.split_once('/')?;
    let index = FILES.iter().position(|file| file.name == name)?;
    let file = &FILES[index];
    Some(FileReply {
        media_type: file.media_type,
        bytes: if takes_gzip {
            ZIPPED[index].clone()
        } else {
            Bytes::from_static(file.bytes)
        },
        is_zipped: takes_gzip,
        is_for_ever: edition == *EDITION,
    })
}

fn zipped(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    Bytes::from(encoder.finish().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a first visit fetches beside the page itself, in bytes as sent.
    const FIRST_VISIT_BYTES_MAX: usize = 120_000;

    #[test]
    fn a_first_visit_fetches_little() {
        let fetched = [
            "uswds.css",
            "tagout.css",
            "htmx.js",
            "htmx-sse.js",
            "tagout.js",
            "tagout.svg",
        ];
        let sizes = fetched.map(|name| {
            let url = file_url(name);
            let path = url.strip_prefix("/static/").unwrap();
            static_file(path, true).unwrap().bytes.len()
        });
        assert!(sizes.iter().sum::<usize>() < FIRST_VISIT_BYTES_MAX, "{sizes:?}");
    }

    #[test]
    fn every_image_that_a_style_names_is_there() {
        for sheet in ["uswds.css", "tagout.css"] {
            let file = FILES.iter().find(|file| file.name == sheet).unwrap();
            let text = std::str::from_utf8(file.bytes).unwrap();
            for part in text.split("url(").skip(1) {
                let name = part.split(')').next().unwrap().trim_matches('"');
                assert!(
                    name.is_empty() || FILES.iter().any(|file| file.name == name),
                    "{sheet} names {name}"
                );
            }
        }
    }

    #[test]
    fn nothing_but_the_listed_files_can_be_had() {
        for path in ["", "/", "x", "x/../Cargo.toml", "x/uswds.css/", "x//uswds.css"] {
            assert!(static_file(path, false).is_none(), "{path}");
        }
        assert!(!static_file("another/uswds.css", false).unwrap().is_for_ever);
    }
}
