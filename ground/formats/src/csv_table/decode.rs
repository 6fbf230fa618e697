//! Bytes to text, by the byte order mark if there is one.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::CsvError;

/// How the bytes of a table were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-16, least significant byte first: what Windows calls Unicode.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// The Western code page of Windows: assumed when there is no mark and the bytes are not UTF-8.
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Windows1252 => "Windows-1252",
        })
    }
}

pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), CsvError> {
    let (text, encoding) = match bytes {
        [0xff, 0xfe, rest @ ..] => (utf16(rest, UTF_16LE)?, Encoding::Utf16Le),
        [0xfe, 0xff, rest @ ..] => (utf16(rest, UTF_16BE)?, Encoding::Utf16Be),
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            let text = std::str::from_utf8(rest).map_err(|error| CsvError::NotText {
                encoding: "UTF-8",
                offset: error.valid_up_to() + 3,
            })?;
            (Cow::Borrowed(text), Encoding::Utf8)
        }
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
            Err(_) => (
                WINDOWS_1252.decode_without_bom_handling(bytes).0,
                Encoding::Windows1252,
            ),
        },
    };
    if text.contains('\0') {
        let offset = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
        return Err(CsvError::ZeroByte { offset });
    }
    Ok((text, encoding))
}

fn utf16(bytes: &[u8], encoding: &'static encoding_rs::Encoding) -> Result<Cow<'static, str>, CsvError> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(capacity.unwrap_or(bytes.len().saturating_mul(3)));
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(Cow::Owned(text)),
        // Two bytes of mark stand before what was read.
        (_, read) => Err(CsvError::NotText {
            encoding: encoding.name(),
            offset: read + 2,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn every_encoding_that_windows_writes_gives_the_same_text() {
        let text = "Größe,Ort\r\nÄ,Köln €\r\n";
        let windows: Vec<u8> = WINDOWS_1252.encode(text).0.into_owned();
        let rows = [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8),
            (
                [&[0xff, 0xfe][..], &utf16_bytes(text, u16::to_le_bytes)].concat(),
                Encoding::Utf16Le,
            ),
            (
                [&[0xfe, 0xff][..], &utf16_bytes(text, u16::to_be_bytes)].concat(),
                Encoding::Utf16Be,
            ),
            (windows, Encoding::Windows1252),
        ];
        for (bytes, expected) in rows {
            let (decoded, encoding) = decode(&bytes).unwrap();
            assert_eq!(decoded, text, "{expected}");
            assert_eq!(encoding, expected);
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_refused_with_their_place() {
        let rows: [(&[u8], &str); 5] = [
            (b"\xef\xbb\xbfab\xff", "not valid UTF-8 at byte 5"),
            (b"\xff\xfea\0b", "not valid UTF-16LE at byte"),
            (b"\xff\xfea\0\x00\xdcb\0", "not valid UTF-16LE at byte"),
            (b"a\0b\0", "a zero byte at byte 1"),
            (b"\x80\0", "a zero byte at byte 1"),
        ];
        for (bytes, expected) in rows {
            let message = decode(bytes).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
