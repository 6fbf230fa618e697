//! The manifest: what the package is and which files belong to it (§3.1), and the note that signs it.

use std::collections::BTreeMap;

use basis::{Subject, Time};

use crate::Hash;
use crate::canonical::{CanonicalError, Json, parse};
use crate::entry::{Origin, parse_time};

/// The most bytes that a manifest may have.
pub const MANIFEST_BYTES_MAX: usize = 33_554_432;

/// What the package is about; everything of it must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every entry about one change.
    Change {
        /// The change.
        subject: Subject,
    },
    /// Every entry from one index to another.
    Period {
        /// The first index.
        first: u64,
        /// The last index, not below the first.
        last: u64,
    },
}

/// One line of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Where it is.
    pub path: String,
    /// The hash of its content.
    pub sha256: Hash,
    /// The size of its content in bytes.
    pub size: u64,
}

/// What the organisation signs when it gives a package away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Every file but the manifest and its note, by path in byte order.
    pub files: Vec<ListedFile>,
    /// The ledger.
    pub origin: Origin,
    /// The version of the policy in force when the package was made.
    pub policy_version: u64,
    /// What the package is about.
    pub scope: Scope,
    /// When it was made.
    pub time: Time,
}

impl Manifest {
    /// Reads the manifest with the newline at its end; exactly its members, each of its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, CanonicalError> {
        if bytes.len() > MANIFEST_BYTES_MAX {
            let what = format!("the manifest is longer than {MANIFEST_BYTES_MAX} bytes");
            return Err(CanonicalError::new(MANIFEST_BYTES_MAX, what));
        }
        let text = bytes.strip_suffix(b"\n");
        let text = text.ok_or_else(|| CanonicalError::new(bytes.len(), "expected a newline at the end"))?;
        manifest(parse(text)?).map_err(|what| CanonicalError::new(0, what))
    }

    /// The bytes of `manifest.json`.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let string = |text: &dyn std::fmt::Display| Json::String(text.to_string());
        let object = |members: Vec<(&str, Json)>| {
            Json::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect(),
            )
        };
        let files = self.files.iter().map(|file| {
            object(vec![
                ("path", string(&file.path)),
                ("sha256", string(&file.sha256)),
                ("size", Json::Number(file.size)),
            ])
        });
        let scope = match &self.scope {
            Scope::Change { subject } => vec![("kind", string(&"change")), ("subject", string(subject))],
            Scope::Period { first, last } => vec![
                ("first", Json::Number(*first)),
                ("kind", string(&"period")),
                ("last", Json::Number(*last)),
            ],
        };
        let manifest = object(vec![
            ("files", Json::Array(files.collect())),
            ("format", string(&FORMAT)),
            ("origin", string(&self.origin)),
            ("policy_version", Json::Number(self.policy_version)),
            ("scope", object(scope)),
            ("time", string(&self.time)),
            ("v", Json::Number(1)),
        ]);
        let mut bytes = manifest.to_bytes()?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The text of `manifest.note` for these bytes of a manifest.
pub(super) fn note_text(origin: &str, manifest: &[u8]) -> String {
    format!("tagout package 1 {origin}\n{}\n", Hash::of(manifest))
}

const FORMAT: &str = "tagout-package";

type Members = BTreeMap<String, Json>;

fn manifest(json: Json) -> Result<Manifest, String> {
    let keys = [
        "files",
        "format",
        "origin",
        "policy_version",
        "scope",
        "time",
        "v",
    ];
    let mut members = members(json, "the manifest", &keys)?;
    if text(&mut members, "format")? != FORMAT || number(&mut members, "v")? != 1 {
        return Err(format!("expected `format` {FORMAT} and `v` 1"));
    }
    let Some(Json::Array(files)) = members.remove("files") else {
        return Err("`files` is not an array".into());
    };
    let files: Vec<ListedFile> = files.into_iter().map(listed).collect::<Result<_, _>>()?;
    if let Some(pair) = files.windows(2).find(|pair| pair[0].path >= pair[1].path) {
        return Err(format!(
            "`files` has `{}` twice or out of byte order",
            pair[1].path
        ));
    }
    let origin = text(&mut members, "origin")?;
    let time = text(&mut members, "time")?;
    let policy_version = number(&mut members, "policy_version")?;
    Ok(Manifest {
        files,
        origin: Origin::parse(&origin).map_err(|error| error.to_string())?,
        policy_version,
        scope: scope(members.remove("scope"))?,
        time: parse_time(&time).ok_or("`time` is no time")?,
    })
}

fn listed(json: Json) -> Result<ListedFile, String> {
    let mut members = members(json, "a file in `files`", &["path", "sha256", "size"])?;
    let sha256 = text(&mut members, "sha256")?;
    Ok(ListedFile {
        path: text(&mut members, "path")?,
        sha256: Hash::from_hex(&sha256).ok_or("a `sha256` in `files` is no hash")?,
        size: number(&mut members, "size")?,
    })
}

fn scope(json: Option<Json>) -> Result<Scope, String> {
    let json = json.ok_or("`scope` is missing")?;
    if json.member("kind").and_then(Json::as_str) == Some("change") {
        let mut members = members(json, "`scope`", &["kind", "subject"])?;
        let subject = Subject::parse(&text(&mut members, "subject")?);
        return Ok(Scope::Change {
            subject: subject.ok_or("`subject` in `scope` is no id")?,
        });
    }
    let mut members = members(json, "`scope`", &["first", "kind", "last"])?;
    let (first, last) = (number(&mut members, "first")?, number(&mut members, "last")?);
    match text(&mut members, "kind")?.as_str() {
        "period" if first <= last => Ok(Scope::Period { first, last }),
        "period" => Err("`first` in `scope` is above `last`".into()),
        _ => Err("`kind` in `scope` is neither `change` nor `period`".into()),
    }
}

fn members(json: Json, what: &str, keys: &[&str]) -> Result<Members, String> {
    match json {
        Json::Object(members) if members.keys().eq(keys) => Ok(members),
        _ => Err(format!(
            "{what} must have exactly the members {}",
            keys.join(", ")
        )),
    }
}

fn text(members: &mut Members, key: &str) -> Result<String, String> {
    match members.remove(key) {
        Some(Json::String(text)) => Ok(text),
        _ => Err(format!("`{key}` is not a string")),
    }
}

fn number(members: &mut Members, key: &str) -> Result<u64, String> {
    match members.remove(key) {
        Some(Json::Number(number)) => Ok(number),
        _ => Err(format!("`{key}` is not a number")),
    }
}
