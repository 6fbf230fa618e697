//! The lines of the `.jsonl` files (§3, §3.2, §3.4), read and written.

use crate::Hash;
use crate::canonical::{CanonicalError, Reader};
use crate::entry::Salt;
use crate::merkle::PATH_LENGTH_MAX;

/// The most bytes that a payload line may have, without its newline.
pub const PAYLOAD_LINE_BYTES_MAX: usize = 16_777_216;

/// What a package says about the payload of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadLine<'a> {
    /// The payload itself with its salt.
    Clear {
        /// The canonical bytes.
        payload: &'a [u8],
        /// The salt of the commitment.
        salt: Salt,
    },
    /// The payload never leaves the organisation.
    Sealed,
    /// The payload was destroyed, as the entry `by` says.
    Redacted {
        /// The index of the `history.redacted` entry.
        by: u64,
    },
}

/// The lines of a file, or the number of the line (from 1) that is not one.
pub(super) fn split(content: &[u8]) -> Result<Vec<&str>, (usize, &'static str)> {
    let line_at = |offset: usize| 1 + content[..offset].iter().filter(|byte| **byte == b'\n').count();
    let text = std::str::from_utf8(content).map_err(|error| (line_at(error.valid_up_to()), "not UTF-8"))?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err((line_at(text.len()), "the last line does not end in a newline"));
    }
    Ok(text.split_terminator('\n').collect())
}

/// Bytes of one hash in a proof: the base64 of 32 bytes, two quotes, and the comma or bracket after it.
const PROOF_HASH_BYTES: usize = 47;

/// Reads the lines of proofs in turn. Neighbours in a tree share most of their paths, so what ends like the line before
/// is not decoded again.
#[derive(Default)]
pub(super) struct Proofs<'a> {
    // INVARIANT: `path` is what `line` says; without a line nothing.
    line: &'a str,
    path: Vec<Hash>,
    before: Vec<Hash>,
}

impl<'a> Proofs<'a> {
    /// Reads `{"index":n,"path":[…]}` and answers both.
    pub(super) fn read(&mut self, line: &'a str) -> Result<(u64, &[Hash]), CanonicalError> {
        std::mem::swap(&mut self.path, &mut self.before);
        // After a line that is wrong nothing is known.
        let before = std::mem::take(&mut self.line);
        let known = Known {
            bytes: common_end(before.as_bytes(), line.as_bytes()),
            hashes: &self.before,
        };
        let mut reader = Reader::of_text(line);
        reader.expect("{\"index\":")?;
        let index = reader.number()?;
        reader.expect(",\"path\":")?;
        hashes(&mut reader, &mut self.path, &known)?;
        reader.expect("}")?;
        reader.end()?;
        self.line = line;
        Ok((index, &self.path))
    }
}

/// The end of a proof that was read: these bytes before the end of the text are as they were there.
struct Known<'a> {
    bytes: usize,
    hashes: &'a [Hash],
}

impl Known<'_> {
    const NOTHING: Self = Known {
        bytes: 0,
        hashes: &[],
    };

    /// The hashes that stand in the last `left` bytes of the text, if these are known and begin with a hash.
    fn last(&self, left: usize) -> Option<&[Hash]> {
        // After the bracket that ends the last hash stands one brace.
        let bytes = left.checked_sub(1).filter(|_| left <= self.bytes)?;
        let count = bytes / PROOF_HASH_BYTES;
        let start = self.hashes.len().checked_sub(count)?;
        (bytes % PROOF_HASH_BYTES == 0).then(|| &self.hashes[start..])
    }
}

/// How many bytes both end with, in steps of sixteen.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    let ((_, one), (_, other)) = (one.as_rchunks::<16>(), other.as_rchunks::<16>());
    let pairs = one.iter().rev().zip(other.iter().rev());
    pairs.take_while(|(one, other)| one == other).count() * 16
}

/// Reads `{"path":[…],"size":n}`.
pub(super) fn consistency(line: &str) -> Result<(u64, Vec<Hash>), CanonicalError> {
    let mut reader = Reader::of_text(line);
    let mut path = Vec::new();
    reader.expect("{\"path\":")?;
    hashes(&mut reader, &mut path, &Known::NOTHING)?;
    reader.expect(",\"size\":")?;
    let size = reader.number()?;
    reader.expect("}")?;
    reader.end()?;
    Ok((size, path))
}

fn hashes(reader: &mut Reader<'_>, path: &mut Vec<Hash>, known: &Known<'_>) -> Result<(), CanonicalError> {
    path.clear();
    reader.expect("[")?;
    if reader.skip("]") {
        return Ok(());
    }
    loop {
        let start = reader.offset();
        if let Some(rest) = known.last(reader.left()) {
            path.extend_from_slice(rest);
            reader.skip_known(rest.len() * PROOF_HASH_BYTES - 1);
        } else {
            let hash = Hash::from_base64(reader.plain_string()?);
            path.push(hash.ok_or_else(|| CanonicalError::new(start, "expected the base64 of 32 bytes"))?);
        }
        if path.len() > PATH_LENGTH_MAX {
            return Err(CanonicalError::new(
                start,
                format!("more than {PATH_LENGTH_MAX} hashes"),
            ));
        }
        if reader.skip("]") {
            return Ok(());
        }
        reader.expect(",")?;
    }
}

/// Reads one of the three forms of a payload line.
pub(super) fn payload(line: &str) -> Result<(u64, PayloadLine<'_>), CanonicalError> {
    if line.len() > PAYLOAD_LINE_BYTES_MAX {
        let what = format!("the line is longer than {PAYLOAD_LINE_BYTES_MAX} bytes");
        return Err(CanonicalError::new(PAYLOAD_LINE_BYTES_MAX, what));
    }
    let mut reader = Reader::of_text(line);
    let by = match reader.skip("{\"by\":") {
        true => Some(reader.number()?),
        false => None,
    };
    reader.expect(if by.is_some() {
        ",\"index\":"
    } else {
        "{\"index\":"
    })?;
    let index = reader.number()?;
    let form = match by {
        Some(by) => {
            reader.expect(",\"withheld\":\"redacted\"")?;
            PayloadLine::Redacted { by }
        }
        None if reader.skip(",\"withheld\":\"sealed\"") => PayloadLine::Sealed,
        None => {
            reader.expect(",\"payload\":")?;
            let start = reader.offset();
            reader.skip_object(1)?;
            let payload = &line.as_bytes()[start..reader.offset()];
            reader.expect(",\"salt\":")?;
            let at = reader.offset();
            let salt = Hash::from_hex(reader.plain_string()?);
            let salt = salt.ok_or_else(|| CanonicalError::new(at, "expected 64 lower-case hex digits"))?;
            PayloadLine::Clear {
                payload,
                salt: Salt(salt.0),
            }
        }
    };
    reader.expect("}")?;
    reader.end()?;
    Ok((index, form))
}

/// Appends the line of a proof.
pub(super) fn write_proof(out: &mut Vec<u8>, index: u64, path: &[Hash]) {
    out.extend_from_slice(format!("{{\"index\":{index},\"path\":").as_bytes());
    write_hashes(out, path);
    out.extend_from_slice(b"}\n");
}

/// Appends the line of a consistency proof.
pub(super) fn write_consistency(out: &mut Vec<u8>, size: u64, path: &[Hash]) {
    out.extend_from_slice(b"{\"path\":");
    write_hashes(out, path);
    out.extend_from_slice(format!(",\"size\":{size}}}\n").as_bytes());
}

fn write_hashes(out: &mut Vec<u8>, path: &[Hash]) {
    let hashes: Vec<String> = path
        .iter()
        .map(|hash| format!("\"{}\"", hash.to_base64()))
        .collect();
    out.extend_from_slice(format!("[{}]", hashes.join(",")).as_bytes());
}

/// Appends the line of a payload.
pub(super) fn write_payload(out: &mut Vec<u8>, index: u64, form: &PayloadLine<'_>) {
    match form {
        PayloadLine::Clear { payload, salt } => {
            out.extend_from_slice(format!("{{\"index\":{index},\"payload\":").as_bytes());
            out.extend_from_slice(payload);
            out.extend_from_slice(format!(",\"salt\":\"{}\"}}\n", Hash(salt.0)).as_bytes());
        }
        PayloadLine::Sealed => {
            out.extend_from_slice(format!("{{\"index\":{index},\"withheld\":\"sealed\"}}\n").as_bytes());
        }
        PayloadLine::Redacted { by } => {
            let line = format!("{{\"by\":{by},\"index\":{index},\"withheld\":\"redacted\"}}\n");
            out.extend_from_slice(line.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn alone(line: &str) -> Result<(u64, Vec<Hash>), CanonicalError> {
        Proofs::default()
            .read(line)
            .map(|(index, path)| (index, path.to_vec()))
    }

    /// A line with a path of some of these few hashes, so that neighbours often end alike.
    fn line() -> impl Strategy<Value = String> {
        (0u64..2_000, prop::collection::vec(0u8..2, 0..6)).prop_map(|(index, path)| {
            let path: Vec<Hash> = path.into_iter().map(|byte| Hash([byte; 32])).collect();
            let mut out = Vec::new();
            write_proof(&mut out, index, &path);
            String::from_utf8(out).unwrap().trim_end().to_owned()
        })
    }

    proptest! {
        #[test]
        fn a_proof_is_read_after_others_as_it_is_alone(mut lines in prop::collection::vec(line(), 1..8), at: prop::sample::Index, byte in 32u8..127) {
            // The last line is damaged in one place: what was known of the line before must not hide it.
            let last = lines.last_mut().unwrap();
            let place = at.index(last.len());
            last.replace_range(place..place + 1, &char::from(byte).to_string());
            let mut proofs = Proofs::default();
            for line in &lines {
                let read = proofs.read(line).map(|(index, path)| (index, path.to_vec()));
                prop_assert_eq!(read, alone(line));
            }
        }
    }

    #[test]
    fn a_path_of_64_hashes_is_read_and_of_65_is_not() {
        for (count, is_right) in [(PATH_LENGTH_MAX, true), (PATH_LENGTH_MAX + 1, false)] {
            let mut out = Vec::new();
            write_proof(&mut out, 7, &vec![Hash([1; 32]); count]);
            let line = std::str::from_utf8(&out).unwrap().trim_end();
            let mut before = Vec::new();
            write_proof(&mut before, 6, &[Hash([1; 32]); PATH_LENGTH_MAX]);
            let before = std::str::from_utf8(&before).unwrap().trim_end();
            let mut proofs = Proofs::default();
            assert!(proofs.read(before).is_ok());
            assert_eq!(proofs.read(line).is_ok(), is_right);
            assert_eq!(alone(line).is_ok(), is_right);
        }
    }
}
