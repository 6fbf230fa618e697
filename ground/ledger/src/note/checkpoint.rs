//! The signed head of a ledger: how many entries it has and the root over them.

use super::{Note, NoteError, SigningKey, VerifierKey};
use crate::Hash;
use crate::canonical::NUMBER_END;
use crate::entry::Origin;

/// The head of a ledger at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger.
    pub origin: Origin,
    /// How many entries it has, below 2^53.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The three lines that are signed.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Reads the three lines.
    pub fn parse_text(text: &str) -> Result<Self, NoteError> {
        let body = text
            .strip_suffix('\n')
            .ok_or(NoteError::Checkpoint("no newline at the end"))?;
        let lines: Vec<&str> = body.split('\n').collect();
        let [origin, size, root] = lines.as_slice() else {
            return Err(NoteError::Checkpoint(
                "expected the three lines origin, size and root",
            ));
        };
        let is_number = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
        let has_one_spelling = is_number && (*size == "0" || !size.starts_with('0'));
        let size = has_one_spelling
            .then(|| size.parse().ok())
            .flatten()
            .filter(|size| *size < NUMBER_END);
        Ok(Self {
            origin: Origin::parse(origin)
                .map_err(|_| NoteError::Checkpoint("the first line is no origin"))?,
            size: size.ok_or(NoteError::Checkpoint("the second line is no size below 2^53"))?,
            root: Hash::from_base64(root)
                .ok_or(NoteError::Checkpoint("the third line is no base64 of 32 bytes"))?,
        })
    }

    /// Signs the head with the ledger's key. Refuses a key of another name.
    pub fn sign(&self, key: &SigningKey) -> Result<String, NoteError> {
        self.check_name(key.verifier())?;
        key.sign(&self.to_text())
    }

    /// Reads a note and checks that it is a head signed by the ledger's `key`; lines of witnesses are passed over.
    pub fn verify(note: &[u8], key: &VerifierKey) -> Result<Self, NoteError> {
        let checkpoint = Self::parse_text(Note::parse(note)?.signed_by(key)?)?;
        checkpoint.check_name(key)?;
        Ok(checkpoint)
    }

    /// As [`Checkpoint::verify`], for places where no other signature line is allowed.
    pub fn verify_alone(note: &[u8], key: &VerifierKey) -> Result<Self, NoteError> {
        let checkpoint = Self::parse_text(Note::parse(note)?.signed_only_by(key)?)?;
        checkpoint.check_name(key)?;
        Ok(checkpoint)
    }

    fn check_name(&self, key: &VerifierKey) -> Result<(), NoteError> {
        match self.origin.as_str() == key.name() {
            true => Ok(()),
            false => Err(NoteError::Checkpoint("its origin is not the name of the key")),
        }
    }
}
