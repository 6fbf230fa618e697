//! A package as one file (§3.3): a ZIP archive with exactly one form, so that nothing can hide in it.
//!
//! Only members that are stored, in order and without extras are known here; other archives are refused.

mod crc;
mod read;
mod write;

pub use crc::Crc32;
pub use read::Archive;
pub use write::{Writer, ZipError, write};

const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
const CENTRAL_SIGNATURE: u32 = 0x0201_4b50;
const END_SIGNATURE: u32 = 0x0605_4b50;
const VERSION: u16 = 20;
/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
/// 1980-01-01.
const DATE: u16 = 0x0021;
const LOCAL_HEADER_BYTES: usize = 30;
const CENTRAL_HEADER_BYTES: u64 = 46;
const END_RECORD_BYTES: u64 = 22;

/// One member: where its local header begins, what it is called, what it holds.
struct Member {
    path: Vec<u8>,
    crc: u32,
    size: u32,
    offset: u32,
}

impl Member {
    fn local_header(&self) -> Vec<u8> {
        let mut out = LOCAL_SIGNATURE.to_le_bytes().to_vec();
        self.shared_fields(&mut out);
        out.extend_from_slice(&self.path);
        out
    }

    fn central_header(&self) -> Vec<u8> {
        let mut out = CENTRAL_SIGNATURE.to_le_bytes().to_vec();
        out.extend_from_slice(&VERSION.to_le_bytes());
        self.shared_fields(&mut out);
        // Comment length, disk, internal and external attributes.
        out.extend_from_slice(&[0; 10]);
        out.extend_from_slice(&self.offset.to_le_bytes());
        out.extend_from_slice(&self.path);
        out
    }

    /// What both headers say alike, from the version needed to the length of the extra field.
    fn shared_fields(&self, out: &mut Vec<u8>) {
        for short in [VERSION, FLAGS, 0, 0, DATE] {
            out.extend_from_slice(&short.to_le_bytes());
        }
        for long in [self.crc, self.size, self.size] {
            out.extend_from_slice(&long.to_le_bytes());
        }
        out.extend_from_slice(&(self.path.len() as u16).to_le_bytes());
        out.extend_from_slice(&[0; 2]);
    }
}

/// The central directory and the end record of these members.
fn tail(members: &[Member], offset: u32) -> Vec<u8> {
    let mut out: Vec<u8> = members.iter().flat_map(Member::central_header).collect();
    let length = out.len() as u32;
    let count = (members.len() as u16).to_le_bytes();
    out.extend_from_slice(&END_SIGNATURE.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&[count, count].concat());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&offset.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

#[cfg(test)]
mod tests;
