//! A file that a route hands out.

use std::fs::File;

/// A file for the person who asks. It is always sent as an attachment that no browser will run or show in place.
#[derive(Debug)]
pub struct Download {
    /// The name that the file is offered under; characters that do not belong in a file name are replaced.
    pub name: String,
    /// The media type, such as `application/zip`.
    pub media_type: String,
    /// What is in it.
    pub content: Content,
}

/// Where a download's bytes are.
#[derive(Debug)]
pub enum Content {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file, from its present position to its end.
    File(File),
}

impl Download {
    /// What `Content-Disposition` says (RFC 6266): the name twice, once in plain ASCII.
    pub(crate) fn disposition(&self) -> String {
        let plain: String = self
            .name
            .chars()
            .take(NAME_CHARS_MAX)
            .map(plain_or_dash)
            .collect();
        let encoded: String = self.name.chars().take(NAME_CHARS_MAX).map(encode).collect();
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
    }
}

/// Longer names are cut; file systems take 255 bytes.
const NAME_CHARS_MAX: usize = 120;

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_')
}

fn plain_or_dash(character: char) -> char {
    if is_plain(character) { character } else { '-' }
}

fn encode(character: char) -> String {
    if is_plain(character) {
        return character.to_string();
    }
    if character == '/' || character == '\\' || character.is_control() {
        return "-".to_owned();
    }
    let mut room = [0; 4];
    let bytes = character.encode_utf8(&mut room).bytes();
    bytes.map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header_or_its_folder() {
        let download = Download {
            name: "../a\"b\r\nSet-Cookie: x/ü.zip".to_owned(),
            media_type: "application/zip".to_owned(),
            content: Content::Bytes(Vec::new()),
        };
        assert_eq!(
            download.disposition(),
            "attachment; filename=\"..-a-b--Set-Cookie--x--.zip\"; filename*=UTF-8''..-a%22b--Set-Cookie%3A%20x-%C3%BC.zip"
        );
    }
}
