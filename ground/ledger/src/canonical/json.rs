//! A canonical value as a tree.

use std::collections::BTreeMap;

use super::reader::is_key;
use super::{CanonicalError, DEPTH_MAX, NUMBER_END, Reader};

/// One value of canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// An object; the map's order is the byte order that the text needs.
    Object(BTreeMap<String, Json>),
    /// An array.
    Array(Vec<Json>),
    /// A string.
    String(String),
    /// A whole number below 2^53.
    Number(u64),
    /// `true` or `false`.
    Bool(bool),
}

/// Reads one value; the text must be exactly as [`Json::to_bytes`] writes it.
pub fn parse(bytes: &[u8]) -> Result<Json, CanonicalError> {
    let mut reader = Reader::new(bytes)?;
    let value = value(&mut reader, 0)?;
    reader.end()?;
    Ok(value)
}

fn value(reader: &mut Reader<'_>, depth: usize) -> Result<Json, CanonicalError> {
    match reader.peek() {
        Some(b'{' | b'[') if depth == DEPTH_MAX => {
            Err(reader.error(format!("more than {DEPTH_MAX} levels of nesting")))
        }
        Some(b'{') => object(reader, depth + 1),
        Some(b'[') => array(reader, depth + 1),
        Some(b'"') => Ok(Json::String(reader.string()?.into_owned())),
        Some(b'0'..=b'9') => Ok(Json::Number(reader.number()?)),
        _ if reader.skip("true") => Ok(Json::Bool(true)),
        _ if reader.skip("false") => Ok(Json::Bool(false)),
        _ => Err(reader.error("expected an object, array, string, whole number, `true` or `false`")),
    }
}

fn object(reader: &mut Reader<'_>, depth: usize) -> Result<Json, CanonicalError> {
    reader.expect("{")?;
    let mut members = BTreeMap::new();
    if reader.skip("}") {
        return Ok(Json::Object(members));
    }
    loop {
        let start = reader.offset();
        let key = reader.key()?;
        if members
            .last_key_value()
            .is_some_and(|(last, _): (&String, _)| last.as_str() >= key)
        {
            return Err(CanonicalError::new(
                start,
                format!("key `{key}` is repeated or out of byte order"),
            ));
        }
        let member = value(reader, depth)?;
        members.insert(key.to_owned(), member);
        if reader.skip("}") {
            return Ok(Json::Object(members));
        }
        reader.expect(",")?;
    }
}

fn array(reader: &mut Reader<'_>, depth: usize) -> Result<Json, CanonicalError> {
    reader.expect("[")?;
    let mut items = Vec::new();
    if reader.skip("]") {
        return Ok(Json::Array(items));
    }
    loop {
        items.push(value(reader, depth)?);
        if reader.skip("]") {
            return Ok(Json::Array(items));
        }
        reader.expect(",")?;
    }
}

impl Json {
    /// Writes the value; refuses keys, numbers and depths that a reader would refuse.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut out = Vec::new();
        self.write(&mut out, 0)?;
        Ok(out)
    }

    fn write(&self, out: &mut Vec<u8>, depth: usize) -> Result<(), CanonicalError> {
        match self {
            Json::Object(members) => {
                check_depth(depth)?;
                out.push(b'{');
                for (position, (key, member)) in members.iter().enumerate() {
                    separate(out, position);
                    write_key(out, key)?;
                    member.write(out, depth + 1)?;
                }
                out.push(b'}');
            }
            Json::Array(items) => {
                check_depth(depth)?;
                out.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    separate(out, position);
                    item.write(out, depth + 1)?;
                }
                out.push(b']');
            }
            Json::String(text) => write_string(out, text),
            Json::Number(number) => write_number(out, *number)?,
            Json::Bool(truth) => write_bool(out, *truth),
        }
        Ok(())
    }

    /// The member of an object; `None` for other values and absent members.
    pub fn member(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.get(key),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number.
    pub fn as_number(&self) -> Option<u64> {
        match self {
            Json::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// Refuses an array or object with `depth` others open around it, if a reader would refuse that.
pub(super) fn check_depth(depth: usize) -> Result<(), CanonicalError> {
    if depth < DEPTH_MAX {
        return Ok(());
    }
    Err(CanonicalError::new(
        0,
        format!("more than {DEPTH_MAX} levels of nesting"),
    ))
}

pub(super) fn separate(out: &mut Vec<u8>, position: usize) {
    if position > 0 {
        out.push(b',');
    }
}

/// Writes the key of a member and its colon.
pub(super) fn write_key(out: &mut Vec<u8>, key: &str) -> Result<(), CanonicalError> {
    if !is_key(key) {
        return Err(CanonicalError::new(
            0,
            format!("key `{key}` is not of `[a-z0-9_]+`"),
        ));
    }
    out.push(b'"');
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
    Ok(())
}

pub(super) fn write_number(out: &mut Vec<u8>, number: u64) -> Result<(), CanonicalError> {
    if number >= NUMBER_END {
        return Err(CanonicalError::new(0, format!("number {number} is 2^53 or more")));
    }
    out.extend_from_slice(number.to_string().as_bytes());
    Ok(())
}

pub(super) fn write_bool(out: &mut Vec<u8>, truth: bool) {
    out.extend_from_slice(if truth { b"true" } else { b"false" });
}

/// Writes a string with its quotes and the few escapes of RFC 8785 §3.2.2.2.
pub(super) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    let is_plain = |byte: &u8| !matches!(byte, 0..=0x1f | b'"' | b'\\');
    while !rest.is_empty() {
        // Nearly every text is one run of plain bytes.
        let plain = rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
        let (run, from_escape) = rest.split_at(plain);
        out.extend_from_slice(run);
        rest = match from_escape {
            [byte, after @ ..] => {
                write_escaped(out, *byte);
                after
            }
            [] => from_escape,
        };
    }
    out.push(b'"');
}

fn write_escaped(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        0x08 => out.extend_from_slice(b"\\b"),
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\n' => out.extend_from_slice(b"\\n"),
        0x0c => out.extend_from_slice(b"\\f"),
        b'\r' => out.extend_from_slice(b"\\r"),
        _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            any::<String>().prop_map(Json::String),
            "[\\x00-\\x7f]{0,12}".prop_map(Json::String),
            (0..NUMBER_END).prop_map(Json::Number),
            any::<bool>().prop_map(Json::Bool),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
                prop::collection::btree_map("[a-z0-9_]{1,4}", inner, 0..5).prop_map(Json::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_serde_reads_of_a_value_is_written_the_same_again(json in any_json()) {
            let bytes = json.to_bytes().unwrap();
            let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(crate::canonical::to_canonical(&read), Ok(bytes));
        }

        #[test]
        fn a_value_reads_back_as_it_was_written(value in any_json()) {
            prop_assert_eq!(parse(&value.to_bytes().unwrap()), Ok(value));
        }

        #[test]
        fn what_is_read_is_written_the_same_whatever_byte_was_changed(
            value in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut bytes = value.to_bytes().unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(read) = parse(&bytes) {
                prop_assert_eq!(read.to_bytes().unwrap(), bytes);
            }
        }

        #[test]
        fn other_json_readers_see_the_same_value(value in any_json()) {
            let other: serde_json::Value = serde_json::from_slice(&value.to_bytes().unwrap()).unwrap();
            prop_assert_eq!(super::super::to_canonical(&other).unwrap(), value.to_bytes().unwrap());
        }

        #[test]
        fn checking_an_object_gives_the_verdict_of_reading_it(
            value in any_json(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut bytes = Json::Object([("a".to_owned(), value)].into()).to_bytes().unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let checked = Reader::new(&bytes).and_then(|mut reader| {
                reader.skip_object(0)?;
                reader.end()
            });
            let is_object = matches!(parse(&bytes), Ok(Json::Object(_)));
            prop_assert_eq!(checked.is_ok(), is_object);
        }

        #[test]
        fn reading_any_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = parse(&bytes);
        }
    }

    #[test]
    fn every_other_spelling_is_refused_at_its_byte() {
        let table: &[(&str, usize)] = &[
            ("", 0),
            (" {}", 0),
            ("{} ", 2),
            ("\u{feff}{}", 0),
            ("{\"a\": 1}", 5),
            ("{\"b\":1,\"a\":1}", 7),
            ("{\"a\":1,\"a\":1}", 7),
            ("{\"a\":1,}", 7),
            ("{\"A\":1}", 1),
            ("{\"\":1}", 1),
            ("{\"a\":null}", 5),
            ("[null]", 1),
            ("[-1]", 1),
            ("[-0]", 1),
            ("[1.0]", 2),
            ("[1e3]", 2),
            ("[01]", 1),
            ("[00]", 1),
            ("[9007199254740992]", 1),
            ("[99999999999999999999999]", 1),
            ("[1,]", 3),
            ("[tru]", 1),
            ("\"\\/\"", 1),
            ("\"\\u000A\"", 1),
            ("\"\\u000a\"", 1),
            ("\"\\u001F\"", 1),
            ("\"\\u0041\"", 1),
            ("\"\\ud83d\\ude00\"", 1),
            ("\"\n\"", 1),
            ("\"abc", 4),
            ("\"\\", 1),
            ("{}{}", 2),
        ];
        for (text, offset) in table {
            assert_eq!(
                parse(text.as_bytes()).map_err(|error| error.offset),
                Err(*offset),
                "{text}"
            );
        }
        assert_eq!(parse(b"\"a\xff\"").map_err(|error| error.offset), Err(2));
        // A surrogate in three bytes is no Unicode scalar value.
        assert!(parse(b"\"\xed\xa0\x80\"").is_err());
    }

    #[test]
    fn the_largest_number_is_read_and_the_next_is_not() {
        assert_eq!(parse(b"9007199254740991"), Ok(Json::Number(NUMBER_END - 1)));
        assert!(parse(b"9007199254740992").is_err());
        assert!(Json::Number(NUMBER_END).to_bytes().is_err());
    }

    #[test]
    fn thirty_two_levels_are_read_and_thirty_three_are_not() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let deepest = parse(nested(DEPTH_MAX).as_bytes()).unwrap();
        assert!(deepest.to_bytes().is_ok());
        assert_eq!(
            parse(nested(DEPTH_MAX + 1).as_bytes()).unwrap_err().offset,
            DEPTH_MAX
        );
        assert!(Json::Array(vec![deepest]).to_bytes().is_err());
        let objects =
            |levels: usize| format!("{}{{}}{}", "{\"a\":".repeat(levels - 1), "}".repeat(levels - 1));
        let skips = |text: &str, depth| Reader::of_text(text).skip_object(depth).is_ok();
        assert!(skips(&objects(DEPTH_MAX), 0) && !skips(&objects(DEPTH_MAX + 1), 0));
        assert!(skips(&objects(DEPTH_MAX - 1), 1) && !skips(&objects(DEPTH_MAX), 1));
    }

    #[test]
    fn control_characters_have_their_one_escape() {
        let text: String = (0u8..0x20).chain([0x22, 0x5c, 0x7f]).map(char::from).collect();
        let bytes = Json::String(text).to_bytes().unwrap();
        let expected = concat!(
            "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f",
            "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c",
            "\\u001d\\u001e\\u001f\\\"\\\\\u{7f}\""
        );
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
