//! Between canonical JSON and types that serde knows.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::json::{check_depth, separate, write_bool, write_key, write_number, write_string};
use super::{CanonicalError, parse};

/// Writes `value` as canonical JSON.
///
/// A member that is `None` is left out. Refused, with the path of the member: fractions, negative numbers, numbers
/// of 2^53 and above, `None` within an array, and map keys that are not of `[a-z0-9_]+` (write such maps as arrays).
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(|error| CanonicalError::new(0, error.to_string()))?;
    let mut out = Vec::with_capacity(512);
    write(&mut out, &value, 0, &Path::Payload)?;
    Ok(out)
}

/// Reads a value from canonical JSON; text that is not canonical is refused before its meaning is looked at.
pub fn from_canonical<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    parse(bytes)?;
    serde_json::from_slice(bytes)
        .map_err(|error| CanonicalError::new(error.column().saturating_sub(1), error.to_string()))
}

/// Where a value stands. Only a fault makes a text of it.
enum Path<'p> {
    Payload,
    Item(&'p Path<'p>, usize),
    Member(&'p Path<'p>, &'p str),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Payload => f.write_str("payload"),
            Path::Item(above, position) => write!(f, "{above}.{position}"),
            Path::Member(above, key) => write!(f, "{above}.{key}"),
        }
    }
}

fn write(out: &mut Vec<u8>, value: &Value, depth: usize, path: &Path<'_>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => Err(CanonicalError::new(0, format!("`{path}` is null"))),
        Value::Bool(truth) => {
            write_bool(out, *truth);
            Ok(())
        }
        Value::String(text) => {
            write_string(out, text);
            Ok(())
        }
        Value::Number(number) => match number.as_u64() {
            Some(whole) => write_number(out, whole),
            None => Err(CanonicalError::new(
                0,
                format!("`{path}` is {number}, not a whole number from 0"),
            )),
        },
        Value::Array(items) => {
            check_depth(depth)?;
            out.push(b'[');
            for (position, item) in items.iter().enumerate() {
                separate(out, position);
                write(out, item, depth + 1, &Path::Item(path, position))?;
            }
            out.push(b']');
            Ok(())
        }
        Value::Object(members) => {
            check_depth(depth)?;
            // A map of serde_json's is sorted or keeps the order of insertion, whichever the program is built with.
            let mut present: Vec<_> = members.iter().filter(|(_, member)| !member.is_null()).collect();
            present.sort_unstable_by_key(|(key, _)| *key);
            out.push(b'{');
            for (position, (key, member)) in present.into_iter().enumerate() {
                separate(out, position);
                write_key(out, key)?;
                write(out, member, depth + 1, &Path::Member(path, key))?;
            }
            out.push(b'}');
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        zebra: u64,
        apple: Option<String>,
        list: Vec<bool>,
    }

    #[test]
    fn members_are_sorted_and_absent_ones_left_out() {
        let sample = Sample {
            zebra: 7,
            apple: None,
            list: vec![true, false],
        };
        let bytes = to_canonical(&sample).unwrap();
        assert_eq!(bytes, br#"{"list":[true,false],"zebra":7}"#);
        assert_eq!(from_canonical::<Sample>(&bytes), Ok(sample));
    }

    #[test]
    fn a_value_without_canonical_form_is_refused_with_its_path() {
        let table = [
            (
                json!({"a": [1.5]}),
                "`payload.a.0` is 1.5, not a whole number from 0",
            ),
            (json!({"a": -1}), "`payload.a` is -1, not a whole number from 0"),
            (json!({"a": {"b": [null]}}), "`payload.a.b.0` is null"),
            (
                json!({"a": 9_007_199_254_740_992_u64}),
                "number 9007199254740992 is 2^53 or more",
            ),
            (json!({"AST-0001": 1}), "key `AST-0001` is not of `[a-z0-9_]+`"),
        ];
        for (value, what) in table {
            assert_eq!(to_canonical(&value).unwrap_err().what, what);
        }
    }

    #[test]
    fn text_that_is_only_valid_json_is_refused() {
        assert!(from_canonical::<Sample>(br#"{"zebra":7,"list":[]}"#).is_err());
        assert!(from_canonical::<Sample>(br#"{"list":[],"zebra":7}"#).is_ok());
        assert!(from_canonical::<Sample>(br#"{"list":[],"zebra":true}"#).is_err());
    }
}
