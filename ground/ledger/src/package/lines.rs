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

/// Reads `{"index":n,"path":[…]}`; the hashes replace those in `path`.
pub(super) fn proof(line: &str, path: &mut Vec<Hash>) -> Result<u64, CanonicalError> {
    let mut reader = Reader::of_text(line);
    reader.expect("{\"index\":")?;
    let index = reader.number()?;
    reader.expect(",\"path\":")?;
    hashes(&mut reader, path)?;
    reader.expect("}")?;
    reader.end()?;
    Ok(index)
}

/// Reads `{"path":[…],"size":n}`.
pub(super) fn consistency(line: &str) -> Result<(u64, Vec<Hash>), CanonicalError> {
    let mut reader = Reader::of_text(line);
    let mut path = Vec::new();
    reader.expect("{\"path\":")?;
    hashes(&mut reader, &mut path)?;
    reader.expect(",\"size\":")?;
    let size = reader.number()?;
    reader.expect("}")?;
    reader.end()?;
    Ok((size, path))
}

fn hashes(reader: &mut Reader<'_>, path: &mut Vec<Hash>) -> Result<(), CanonicalError> {
    path.clear();
    reader.expect("[")?;
    if reader.skip("]") {
        return Ok(());
    }
    loop {
        let start = reader.offset();
        let hash = Hash::from_base64(reader.plain_string()?);
        path.push(hash.ok_or_else(|| CanonicalError::new(start, "expected the base64 of 32 bytes"))?);
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
