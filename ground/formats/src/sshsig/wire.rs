//! The wire encoding of RFC 4251 section 5, read strictly and without copies.

use super::SshSigError;

/// Reads fields from the front of a blob and keeps count of the offset for errors.
pub struct Wire<'a> {
    blob: &'a [u8],
    at: usize,
}

impl<'a> Wire<'a> {
    pub fn new(blob: &'a [u8]) -> Wire<'a> {
        Wire { blob, at: 0 }
    }

    pub fn offset(&self) -> usize {
        self.at
    }

    pub fn bytes(&mut self, field: &'static str, count: usize) -> Result<&'a [u8], SshSigError> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.blob.len());
        let Some(end) = end else {
            return Err(SshSigError::Truncated {
                field,
                offset: self.at,
            });
        };
        let bytes = &self.blob[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    pub fn byte(&mut self, field: &'static str) -> Result<u8, SshSigError> {
        Ok(self.bytes(field, 1)?[0])
    }

    pub fn number(&mut self, field: &'static str) -> Result<u32, SshSigError> {
        let bytes = self.bytes(field, 4)?;
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    pub fn string(&mut self, field: &'static str) -> Result<&'a [u8], SshSigError> {
        let offset = self.at;
        let length = self.number(field)?;
        let length = usize::try_from(length).map_err(|_| SshSigError::Truncated { field, offset })?;
        self.bytes(field, length)
            .map_err(|_| SshSigError::Truncated { field, offset })
    }

    pub fn text(&mut self, field: &'static str) -> Result<&'a str, SshSigError> {
        let offset = self.at;
        let bytes = self.string(field)?;
        std::str::from_utf8(bytes).map_err(|_| SshSigError::Field {
            field,
            offset,
            reason: "not UTF-8 text",
        })
    }

    /// Reads a positive multiple precision integer and returns its bytes without the sign byte.
    pub fn positive(&mut self, field: &'static str) -> Result<&'a [u8], SshSigError> {
        let offset = self.at;
        let refuse = |reason| {
            Err(SshSigError::Field {
                field,
                offset,
                reason,
            })
        };
        match self.string(field)? {
            [] => refuse("zero is not allowed"),
            [first, ..] if *first >= 0x80 => refuse("negative numbers are not allowed"),
            [0] => refuse("zero is not allowed"),
            [0, second, ..] if *second < 0x80 => refuse("superfluous leading zero"),
            [0, rest @ ..] => Ok(rest),
            number => Ok(number),
        }
    }

    /// Refuses anything that is left.
    pub fn end(self, field: &'static str) -> Result<(), SshSigError> {
        let bytes = self.blob.len() - self.at;
        if bytes > 0 {
            return Err(SshSigError::TrailingBytes {
                field,
                offset: self.at,
                bytes,
            });
        }
        Ok(())
    }
}

/// Appends a string field.
pub fn put_string(blob: &mut Vec<u8>, bytes: &[u8]) {
    // Everything that is put comes from texts below `TEXT_BYTES_MAX` or is a digest.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    blob.extend_from_slice(&length.to_be_bytes());
    blob.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_only_in_their_shortest_positive_form() {
        let rows: [(&[u8], Option<&[u8]>); 7] = [
            (&[0, 0, 0, 1, 5], Some(&[5])),
            (&[0, 0, 0, 2, 0, 0x80], Some(&[0x80])),
            (&[0, 0, 0, 0], None),
            (&[0, 0, 0, 1, 0], None),
            (&[0, 0, 0, 1, 0x80], None),
            (&[0, 0, 0, 2, 0, 5], None),
            (&[0, 0, 0, 9, 5], None),
        ];
        for (blob, expected) in rows {
            assert_eq!(Wire::new(blob).positive("number").ok(), expected, "{blob:?}");
        }
    }

    #[test]
    fn a_length_beyond_the_end_names_field_and_offset() {
        let error = Wire::new(&[0xff, 0xff, 0xff, 0xff, 1])
            .string("comment")
            .unwrap_err();
        assert_eq!(
            error,
            SshSigError::Truncated {
                field: "comment",
                offset: 0
            }
        );
    }

    #[test]
    fn left_over_bytes_are_refused_with_their_place() {
        let mut wire = Wire::new(&[0, 0, 0, 1, 7, 9, 9]);
        assert_eq!(wire.string("key").unwrap(), [7]);
        let expected = SshSigError::TrailingBytes {
            field: "key",
            offset: 5,
            bytes: 2,
        };
        assert_eq!(wire.end("key").unwrap_err(), expected);
    }
}
