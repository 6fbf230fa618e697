//! Reads the archive once from front to end, and refuses every byte that the writer would not have written.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{Read, Seek, SeekFrom};

use aws_lc_rs::digest;

use super::{CENTRAL_SIGNATURE, Crc32, END_SIGNATURE, LOCAL_HEADER_BYTES, LOCAL_SIGNATURE, Member, tail};
use crate::Hash;
use crate::package::{Code, FILES_MAX, FileError, Files, PACKAGE_BYTES_MAX, Wrong};

const BUFFER_BYTES: usize = 64 * 1024;

/// An archive whose every byte has been found to be in its place.
pub struct Archive<R> {
    // INVARIANT: in the byte order of the paths as they stand in the archive.
    members: Vec<Found>,
    source: RefCell<R>,
}

struct Found {
    path: String,
    start: u64,
    size: u64,
    sha256: Hash,
}

/// Takes bytes from the source and knows how far it got.
struct Input<R> {
    source: R,
    at: u64,
}

impl<R: Read> Input<R> {
    fn wrong(&self, what: impl Into<String>) -> Wrong {
        Wrong::new(Code::Archive, format!("byte {}", self.at), what)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Wrong> {
        self.source
            .read_exact(bytes)
            .map_err(|error| self.wrong(format!("the archive ends too early ({error})")))?;
        self.at += bytes.len() as u64;
        match self.at > PACKAGE_BYTES_MAX {
            true => Err(self.wrong("the archive is longer than 4,294,967,295 bytes")),
            false => Ok(()),
        }
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the whole archive from the start of `source` (step 1 of the verification).
    pub fn open(mut source: R) -> Result<Self, Wrong> {
        let unreadable = |error: std::io::Error| Wrong::new(Code::Archive, "byte 0", error.to_string());
        source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut input = Input { source, at: 0 };
        let mut members: Vec<Member> = Vec::new();
        let mut found = Vec::new();
        loop {
            let offset = input.at;
            let mut signature = [0; 4];
            input.fill(&mut signature)?;
            match u32::from_le_bytes(signature) {
                LOCAL_SIGNATURE if members.len() == FILES_MAX => {
                    return Err(input.wrong("the archive has more than 65,535 members"));
                }
                LOCAL_SIGNATURE => {
                    let (member, hash) = member(&mut input, offset)?;
                    if members.last().is_some_and(|last| last.path >= member.path) {
                        return Err(input.wrong("a member is out of the byte order of paths or there twice"));
                    }
                    let path = String::from_utf8_lossy(&member.path).into_owned();
                    let size = u64::from(member.size);
                    found.push(Found {
                        path,
                        start: input.at - size,
                        size,
                        sha256: hash,
                    });
                    members.push(member);
                }
                CENTRAL_SIGNATURE | END_SIGNATURE => {
                    check_tail(&mut input, &tail(&members, offset as u32), signature)?;
                    return Ok(Self {
                        members: found,
                        source: RefCell::new(input.source),
                    });
                }
                _ => return Err(input.wrong("expected a member or the central directory")),
            }
        }
    }

    fn find(&self, path: &str) -> Result<&Found, FileError> {
        let found = self.members.iter().find(|found| found.path == path);
        found.ok_or_else(|| FileError("no such file".into()))
    }
}

/// Reads a member after its signature and compares its header with the one it should have.
fn member<R: Read>(input: &mut Input<R>, offset: u64) -> Result<(Member, Hash), Wrong> {
    let mut rest = [0; LOCAL_HEADER_BYTES - 4];
    input.fill(&mut rest)?;
    let size = u32::from_le_bytes([rest[14], rest[15], rest[16], rest[17]]);
    let path_length = u16::from_le_bytes([rest[22], rest[23]]);
    let mut path = vec![0; usize::from(path_length)];
    input.fill(&mut path)?;
    let mut crc = Crc32::default();
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut buffer = [0; BUFFER_BYTES];
    let mut left = size as usize;
    while left > 0 {
        let part = &mut buffer[..left.min(BUFFER_BYTES)];
        input.fill(part)?;
        crc.update(part);
        hash.update(part);
        left -= part.len();
    }
    let member = Member {
        path,
        crc: crc.value(),
        size,
        offset: offset as u32,
    };
    let header = [LOCAL_SIGNATURE.to_le_bytes().as_slice(), &rest, &member.path].concat();
    match header == member.local_header() {
        true => Ok((member, Hash::from_digest(&hash.finish()))),
        false => {
            let place = format!("byte {offset}");
            Err(Wrong::new(
                Code::Archive,
                place,
                "the header of a member is not as it must be",
            ))
        }
    }
}

fn check_tail<R: Read>(input: &mut Input<R>, expected: &[u8], signature: [u8; 4]) -> Result<(), Wrong> {
    let start = input.at - 4;
    let mut rest = vec![0; expected.len() - 4];
    input.fill(&mut rest)?;
    let same = signature
        .iter()
        .chain(&rest)
        .zip(expected)
        .take_while(|(found, expected)| found == expected)
        .count();
    if same < expected.len() {
        let place = format!("byte {}", start + same as u64);
        return Err(Wrong::new(
            Code::Archive,
            place,
            "the central directory is not as it must be",
        ));
    }
    match input.source.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(input.wrong("there are bytes after the end of the archive")),
        Err(error) => Err(input.wrong(error.to_string())),
    }
}

impl<R: Read + Seek> Files for Archive<R> {
    fn list(&self) -> Vec<(String, u64)> {
        self.members
            .iter()
            .map(|found| (found.path.clone(), found.size))
            .collect()
    }

    fn read(&self, path: &str) -> Result<Cow<'_, [u8]>, FileError> {
        let found = self.find(path)?;
        let unreadable = |error: std::io::Error| FileError(error.to_string());
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(found.start)).map_err(unreadable)?;
        let mut content = vec![0; found.size as usize];
        source.read_exact(&mut content).map_err(unreadable)?;
        Ok(Cow::Owned(content))
    }

    fn digest(&self, path: &str) -> Result<Hash, FileError> {
        self.find(path).map(|found| found.sha256)
    }
}
