//! The evidence package (package format §3–§5): built, written as one file, and verified.
//!
//! A package is a set of named files; where they are kept is told by [`Files`]. Reading a disk, and saying anything
//! about a package that its page does not say, stay outside.

mod approval;
mod build;
mod files;
mod lines;
mod manifest;
mod ssh;
mod verify;
mod wrong;
pub mod zip;

pub use approval::{Approval, Decision};
pub use build::{BuildError, PackageBuilder};
pub use files::{FileError, Files, FilesInMemory};
pub use lines::{PAYLOAD_LINE_BYTES_MAX, PayloadLine};
pub use manifest::{ListedFile, MANIFEST_BYTES_MAX, Manifest, Scope};
pub use verify::{Report, Withheld, verify};
pub use wrong::{Code, Wrong};

/// The most files that a package may have.
pub const FILES_MAX: usize = 65_535;

/// The most bytes of content that a package may have, and the most bytes of an archive.
pub const PACKAGE_BYTES_MAX: u64 = 4_294_967_295;

/// The most bytes that a path may have.
pub const PATH_BYTES_MAX: usize = 200;

const MANIFEST: &str = "manifest.json";
const MANIFEST_NOTE: &str = "manifest.note";
const CHECKPOINT: &str = "ledger/checkpoint";
const ENTRIES: &str = "ledger/entries.jsonl";
const PROOFS: &str = "ledger/proofs.jsonl";
const PAYLOADS: &str = "ledger/payloads.jsonl";
const CONSISTENCY: &str = "ledger/consistency.jsonl";
const EVIDENCE: &str = "evidence/";
