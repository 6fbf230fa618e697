//! Signed notes and checkpoints (C2SP signed-note and tlog-checkpoint; package format §2.4).
//!
//! Which keys to trust is told by the caller. No key is ever taken from the note that it should prove.

mod checkpoint;
mod key;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::ed25519;

pub use checkpoint::Checkpoint;
pub use key::{SigningKey, VerifierKey};

/// The most bytes that a note may have.
pub const NOTE_BYTES_MAX: usize = 1_000_000;

/// The most signature lines that a note may have.
pub const SIGNATURES_MAX: usize = 100;

/// A note, a key or a checkpoint is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The bytes are no signed note.
    #[error("not a signed note: {0}")]
    Form(&'static str),
    /// The text is no verifier key.
    #[error("not a verifier key: {0}")]
    Key(&'static str),
    /// The text of the note is no checkpoint.
    #[error("not a checkpoint: {0}")]
    Checkpoint(&'static str),
    /// No signature line is by the key.
    #[error("the note has no signature by the key `{0}`")]
    Unsigned(String),
    /// There is more than the one signature line that is allowed here.
    #[error("the note has {0} signature lines; one is allowed here")]
    MoreSignatures(usize),
    /// The signature does not fit text and key.
    #[error("the signature by the key `{0}` does not fit the text")]
    Signature(String),
}

/// A signature line, as yet unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature<'a> {
    /// The name of the key.
    pub name: &'a str,
    /// The id of the key.
    pub key_id: [u8; 4],
    /// The signature's bytes; how many depends on the kind of key.
    pub signature: Vec<u8>,
}

/// A note that was read but not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note<'a> {
    text: &'a str,
    signatures: Vec<NoteSignature<'a>>,
}

impl<'a> Note<'a> {
    /// Reads a note with one or more signature lines. Its text is worth nothing before one of the checks below.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Form("longer than 1,000,000 bytes"));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Form("not UTF-8"))?;
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::Form("it has a control character"));
        }
        let split = note
            .rfind("\n\n")
            .ok_or(NoteError::Form("no empty line before the signatures"))?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        let lines = lines
            .strip_suffix('\n')
            .ok_or(NoteError::Form("no newline at the end"))?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == SIGNATURES_MAX {
                return Err(NoteError::Form("more than 100 signature lines"));
            }
            signatures.push(signature_line(line).ok_or(NoteError::Form("malformed signature line"))?);
        }
        Ok(Self { text, signatures })
    }

    /// The text, if one of the signatures is by `key` and valid. Lines of other keys are passed over.
    pub fn signed_by(&self, key: &VerifierKey) -> Result<&'a str, NoteError> {
        let mut by_key = self
            .signatures
            .iter()
            .filter(|line| line.name == key.name() && line.key_id == key.id());
        let line = by_key
            .next()
            .ok_or_else(|| NoteError::Unsigned(key.name().to_owned()))?;
        let fits = |signature: &[u8; 64]| ed25519::is_valid(key.public(), self.text.as_bytes(), signature);
        let is_valid = line.signature.as_slice().try_into().is_ok_and(fits);
        match (is_valid, by_key.next()) {
            (true, None) => Ok(self.text),
            (true, Some(_)) => Err(NoteError::Form("two signature lines by one key")),
            (false, _) => Err(NoteError::Signature(key.name().to_owned())),
        }
    }

    /// The text, if the note has exactly one signature line and that is by `key` and valid.
    pub fn signed_only_by(&self, key: &VerifierKey) -> Result<&'a str, NoteError> {
        match self.signatures.len() {
            1 => self.signed_by(key),
            more => Err(NoteError::MoreSignatures(more)),
        }
    }
}

fn signature_line(line: &str) -> Option<NoteSignature<'_>> {
    let (name, base64) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = STANDARD.decode(base64).ok()?;
    let (key_id, signature) = bytes.split_first_chunk::<4>()?;
    let is_whole = is_key_name(name) && !signature.is_empty();
    is_whole.then(|| NoteSignature {
        name,
        key_id: *key_id,
        signature: signature.to_vec(),
    })
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|char: char| char == '+' || char.is_whitespace() || char.is_control())
}

#[cfg(test)]
mod tests;
