//! CRC-32 as ZIP uses it (ISO 3309, polynomial EDB88320).

/// A CRC-32 in the making.
#[derive(Debug, Clone, Default)]
pub struct Crc32(crc32fast::Hasher);

impl Crc32 {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The CRC of all bytes taken in.
    pub fn value(&self) -> u32 {
        self.0.clone().finalize()
    }
}
