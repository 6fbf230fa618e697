//! Reads an entry in one pass. The members of an entry have one order, so each is expected in its turn.

use basis::{Authentication, Id, PersonId, Subject};

use super::{BlobRef, ENTRY_BYTES_MAX, ENTRY_VERSION, Entry, EventId, EventType, Origin, parse_time};
use crate::Hash;
use crate::canonical::{CanonicalError, Reader};

pub(super) fn entry(bytes: &[u8]) -> Result<Entry, CanonicalError> {
    check_size(bytes)?;
    let mut reader = Reader::new(bytes)?;
    let read = &mut reader;
    // The fields stand in the order of the text: a struct literal is evaluated in the order in which it is written.
    let entry = Entry {
        actor: {
            read.expect("{\"actor\":")?;
            text(read, "the id of a person, such as `PER-0001`", person)?
        },
        authentication: {
            read.expect(",\"authn\":")?;
            text(read, "a known way of authentication", authentication)?
        },
        behalf: match read.skip(",\"behalf\":") {
            true => Some(text(read, "the id of a person, such as `PER-0001`", person)?),
            false => None,
        },
        blobs: match read.skip(",\"blobs\":") {
            true => blobs(read)?,
            false => Vec::new(),
        },
        cause: match read.skip(",\"cause\":") {
            true => Some(text(read, "a UUID of version 7", EventId::parse)?),
            false => None,
        },
        commitment: {
            read.expect(",\"commitment\":")?;
            text(read, "64 lower-case hex digits", Hash::from_hex)?
        },
        id: {
            read.expect(",\"id\":")?;
            text(read, "a UUID of version 7", EventId::parse)?
        },
        origin: {
            read.expect(",\"origin\":")?;
            text(read, "an origin", |text| Origin::parse(text).ok())?
        },
        previous: match read.skip(",\"previous\":") {
            true => Some(read.number()?),
            false => None,
        },
        sealed: read.skip(",\"sealed\":true"),
        subject: {
            read.expect(",\"subject\":")?;
            text(read, "an id such as `CHG-0001`", Subject::parse)?
        },
        time: {
            read.expect(",\"time\":")?;
            text(read, "a time such as `2026-11-22T18:00:00.000Z`", parse_time)?
        },
        event_type: {
            read.expect(",\"type\":")?;
            text(read, "an event type such as `changes.submitted`", |text| {
                EventType::parse(text).ok()
            })?
        },
        type_version: {
            read.expect(",\"type_v\":")?;
            type_version(read)?
        },
    };
    end(reader)?;
    Ok(entry)
}

fn check_size(bytes: &[u8]) -> Result<(), CanonicalError> {
    if bytes.len() > ENTRY_BYTES_MAX {
        let what = format!(
            "entry has {} bytes; at most {ENTRY_BYTES_MAX} are allowed",
            bytes.len()
        );
        return Err(CanonicalError::new(ENTRY_BYTES_MAX, what));
    }
    Ok(())
}

fn end(mut reader: Reader<'_>) -> Result<(), CanonicalError> {
    reader.expect(",\"v\":")?;
    if reader.number()? != ENTRY_VERSION {
        return Err(reader.error(format!("expected version {ENTRY_VERSION} of the entry's form")));
    }
    reader.expect("}")?;
    reader.end()
}

fn text<T>(
    read: &mut Reader<'_>,
    form: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, CanonicalError> {
    let start = read.offset();
    let text = read.plain_string()?;
    parse(text).ok_or_else(|| CanonicalError::new(start, format!("expected {form}")))
}

fn person(text: &str) -> Option<PersonId> {
    PersonId::parse(text).ok()
}

fn authentication(text: &str) -> Option<Authentication> {
    Authentication::named(text)
}

fn type_version(read: &mut Reader<'_>) -> Result<u64, CanonicalError> {
    match read.number()? {
        0 => Err(read.error("versions of types count from 1")),
        version => Ok(version),
    }
}

fn blobs(read: &mut Reader<'_>) -> Result<Vec<BlobRef>, CanonicalError> {
    let mut blobs = Vec::new();
    read.expect("[")?;
    loop {
        read.expect("{\"sha256\":")?;
        let sha256 = text(read, "64 lower-case hex digits", Hash::from_hex)?;
        read.expect(",\"size\":")?;
        let size = read.number()?;
        read.expect("}")?;
        blobs.push(BlobRef { sha256, size });
        if read.skip("]") {
            return Ok(blobs);
        }
        read.expect(",")?;
    }
}
