//! Writes the archive, member by member, without holding a member in memory.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use super::{CENTRAL_HEADER_BYTES, Crc32, END_RECORD_BYTES, LOCAL_HEADER_BYTES, Member, tail};
use crate::package::{FILES_MAX, PACKAGE_BYTES_MAX};

const BUFFER_BYTES: usize = 64 * 1024;

/// An archive could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ZipError {
    /// Writing or reading failed.
    #[error("cannot write the archive")]
    Io(#[from] io::Error),
    /// The members did not come in the byte order of their paths.
    #[error("`{0}` is out of order or there twice")]
    Order(String),
    /// The format has no room for it.
    #[error(
        "the archive has no room for `{0}`: at most 65,535 files and 4,294,967,295 bytes; export a smaller scope"
    )]
    Full(String),
    /// The content is not what was announced.
    #[error("`{0}` changed while it was written")]
    Changed(String),
}

/// Writes one archive. An archive that was not finished is none.
pub struct Writer<W: Write> {
    out: W,
    members: Vec<Member>,
    offset: u64,
    tail_bytes: u64,
}

impl<W: Write> Writer<W> {
    /// Starts an archive at the beginning of `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            members: Vec::new(),
            offset: 0,
            tail_bytes: END_RECORD_BYTES,
        }
    }

    /// Adds a member. Size and CRC stand before the content, so they are announced and then held to.
    pub fn add(&mut self, path: &str, size: u64, crc: u32, content: &mut impl Read) -> Result<(), ZipError> {
        if self
            .members
            .last()
            .is_some_and(|last| last.path.as_slice() >= path.as_bytes())
        {
            return Err(ZipError::Order(path.to_owned()));
        }
        let path_bytes = path.len() as u64;
        let here = size.saturating_add(LOCAL_HEADER_BYTES as u64 + path_bytes);
        let in_tail = CENTRAL_HEADER_BYTES + path_bytes;
        let needed = here.saturating_add(self.offset + self.tail_bytes + in_tail);
        let (Ok(small), Ok(_), true) = (
            u32::try_from(size),
            u16::try_from(path.len()),
            self.members.len() < FILES_MAX && needed <= PACKAGE_BYTES_MAX,
        ) else {
            return Err(ZipError::Full(path.to_owned()));
        };
        let member = Member {
            path: path.into(),
            crc,
            size: small,
            offset: self.offset as u32,
        };
        let header = member.local_header();
        self.out.write_all(&header)?;
        self.offset += header.len() as u64 + size;
        self.tail_bytes += in_tail;
        self.members.push(member);
        let mut seen = Crc32::default();
        let mut buffer = [0; BUFFER_BYTES];
        let mut left = size;
        loop {
            let count = content.read(&mut buffer)?;
            seen.update(&buffer[..count]);
            left = left
                .checked_sub(count as u64)
                .ok_or_else(|| ZipError::Changed(path.to_owned()))?;
            self.out.write_all(&buffer[..count])?;
            if count == 0 {
                break;
            }
        }
        match left == 0 && seen.value() == crc {
            true => Ok(()),
            false => Err(ZipError::Changed(path.to_owned())),
        }
    }

    /// Writes the central directory and gives the output back.
    pub fn finish(mut self) -> Result<W, ZipError> {
        self.out.write_all(&tail(&self.members, self.offset as u32))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The archive of files that are held in memory.
pub fn write(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, ZipError> {
    let mut writer = Writer::new(Vec::new());
    for (path, content) in files {
        let mut crc = Crc32::default();
        crc.update(content);
        writer.add(path, content.len() as u64, crc.value(), &mut content.as_slice())?;
    }
    writer.finish()
}
