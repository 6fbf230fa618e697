//! Any encoding to UTF-8, in small pieces.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::fault::Fault;

const RAW_BYTES: usize = 32 * 1024;
const UTF8_BYTES: usize = 3 * RAW_BYTES;
/// An XML declaration that has not ended after so many bytes is none.
const DECLARATION_BYTES_MAX: usize = 1024;
const REPLACEMENT: &str = "\u{fffd}";

/// Reads UTF-8 from bytes in the encoding that the file declares. What cannot be decoded becomes U+FFFD and is counted.
/// Every piece handed out starts and ends with a whole character.
pub struct Utf8Reader<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_start: usize,
    utf8: Vec<u8>,
    utf8_start: usize,
    utf8_end: usize,
    is_raw_at_end: bool,
    is_flushed: bool,
    replaced: u64,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads the first bytes, settles the encoding, and returns the reader with the length of the byte order mark.
    pub fn open(mut inner: R) -> Result<(Utf8Reader<R>, u64), Fault> {
        let mut raw = Vec::with_capacity(RAW_BYTES);
        while raw.len() < DECLARATION_BYTES_MAX {
            let wanted = DECLARATION_BYTES_MAX - raw.len();
            let read = (&mut inner)
                .take(wanted as u64)
                .read_to_end(&mut raw)
                .map_err(Fault::Read)?;
            if read == 0 {
                break;
            }
        }
        let (encoding, mark_bytes) = encoding_of(&raw)?;
        let reader = Utf8Reader {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw,
            raw_start: mark_bytes,
            utf8: vec![0; UTF8_BYTES],
            utf8_start: 0,
            utf8_end: 0,
            is_raw_at_end: false,
            is_flushed: false,
            replaced: 0,
        };
        Ok((reader, mark_bytes as u64))
    }

    /// How often something was replaced by U+FFFD so far.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    fn fill_raw(&mut self) -> io::Result<()> {
        if self.raw_start < self.raw.len() || self.is_raw_at_end {
            return Ok(());
        }
        self.raw.resize(RAW_BYTES, 0);
        self.raw_start = 0;
        let read = loop {
            match self.inner.read(&mut self.raw) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.raw.truncate(*read.as_ref().unwrap_or(&0));
        self.is_raw_at_end = read? == 0;
        Ok(())
    }

    fn decode_some(&mut self) {
        let raw = &self.raw[self.raw_start..];
        // Three bytes stay free for a replacement character.
        let room = UTF8_BYTES - REPLACEMENT.len();
        let (result, read, written) =
            self.decoder
                .decode_to_utf8_without_replacement(raw, &mut self.utf8[..room], self.is_raw_at_end);
        self.raw_start += read;
        self.utf8_end = written;
        match result {
            DecoderResult::InputEmpty => self.is_flushed = self.is_raw_at_end,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                self.utf8[written..written + REPLACEMENT.len()].copy_from_slice(REPLACEMENT.as_bytes());
                self.utf8_end += REPLACEMENT.len();
                self.replaced += 1;
            }
        }
        self.utf8_start = 0;
    }
}

impl<R: Read> BufRead for Utf8Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.utf8_start == self.utf8_end && !self.is_flushed {
            self.fill_raw()?;
            self.decode_some();
        }
        Ok(&self.utf8[self.utf8_start..self.utf8_end])
    }

    fn consume(&mut self, bytes: usize) {
        self.utf8_start = (self.utf8_start + bytes).min(self.utf8_end);
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(buffer)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

/// The encoding by byte order mark, else by declaration, else UTF-8; and the length of the mark.
fn encoding_of(head: &[u8]) -> Result<(&'static Encoding, usize), Fault> {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Ok((UTF_8, 3)),
        // UTF-32 begins with the mark of UTF-16 and two zero bytes.
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return unknown("UTF-32"),
        [0xff, 0xfe, ..] => return Ok((UTF_16LE, 2)),
        [0xfe, 0xff, ..] => return Ok((UTF_16BE, 2)),
        [b'<', 0, ..] | [0, b'<', ..] => return unknown("UTF-16 without byte order mark"),
        [b'\x4c', b'\x6f', b'\xa7', b'\x94', ..] => return unknown("EBCDIC"),
        _ => {}
    }
    let Some(label) = declared(head) else {
        return Ok((UTF_8, 0));
    };
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        // The declaration itself was readable as ASCII, so it cannot be UTF-16.
        Some(encoding) if encoding.is_ascii_compatible() => Ok((encoding, 0)),
        _ => unknown(&label),
    }
}

fn unknown(label: &str) -> Result<(&'static Encoding, usize), Fault> {
    Err(Fault::Encoding {
        label: label.to_owned(),
    })
}

/// What stands between the quotes of `encoding="…"` in the XML declaration.
fn declared(head: &[u8]) -> Option<String> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let declaration = String::from_utf8_lossy(&declaration[..end]);
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (label, _) = value[1..].split_once(quote)?;
    Some(label.trim().chars().take(64).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> (String, u64) {
        let (mut reader, _) = Utf8Reader::open(bytes).ok().unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (text, reader.replaced())
    }

    #[test]
    fn the_mark_or_the_declaration_decides() {
        let utf16: Vec<u8> = "\u{feff}<a>Größe</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let rows: [(&[u8], &str); 5] = [
            ("<a>Größe</a>".as_bytes(), "<a>Größe</a>"),
            (b"\xef\xbb\xbf<a/>", "<a/>"),
            (&utf16, "<a>Größe</a>"),
            (
                b"<?xml version='1.0' encoding = 'iso-8859-1'?><a>\xf6</a>",
                "<?xml version='1.0' encoding = 'iso-8859-1'?><a>ö</a>",
            ),
            (b"", ""),
        ];
        for (bytes, expected) in rows {
            assert_eq!(decode(bytes), (expected.to_owned(), 0));
        }
    }

    #[test]
    fn unknown_encodings_are_refused_by_name() {
        let rows: [(&[u8], &str); 5] = [
            (b"<?xml version=\"1.0\" encoding=\"klingon\"?><a/>", "klingon"),
            (b"<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", "utf-16"),
            (
                b"<?xml version=\"1.0\" encoding=\"iso-2022-kr\"?><a/>",
                "iso-2022-kr",
            ),
            (b"<\0a\0", "UTF-16 without byte order mark"),
            (b"\xff\xfe\0\0<\0\0\0", "UTF-32"),
        ];
        for (bytes, expected) in rows {
            match Utf8Reader::open(bytes).err() {
                Some(Fault::Encoding { label }) => assert_eq!(label, expected),
                other => panic!("{expected}: {other:?}"),
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_counted() {
        assert_eq!(decode(b"a\xffb\xc3"), ("a\u{fffd}b\u{fffd}".to_owned(), 2));
    }

    #[test]
    fn pieces_are_whole_characters_however_the_bytes_arrive() {
        struct OneByte<'a>(&'a [u8]);
        impl Read for OneByte<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let length = buffer.len().min(1);
                self.0.read(&mut buffer[..length])
            }
        }
        let text = "ä€😀".repeat(40_000);
        let (mut reader, _) = Utf8Reader::open(OneByte(text.as_bytes())).ok().unwrap();
        let mut read = String::new();
        loop {
            let piece = reader.fill_buf().unwrap();
            if piece.is_empty() {
                break;
            }
            read.push_str(std::str::from_utf8(piece).unwrap());
            let length = piece.len();
            reader.consume(length);
        }
        assert_eq!(read, text);
    }
}
