//! Between canonical JSON and types that serde knows.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{CanonicalError, Json, parse};

/// Writes `value` as canonical JSON.
///
/// A member that is `None` is left out. Refused, with the path of the member: fractions, negative numbers, numbers
/// of 2^53 and above, `None` within an array, and map keys that are not of `[a-z0-9_]+` (write such maps as arrays).
pub fn to_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(|error| CanonicalError::new(0, error.to_string()))?;
    convert(value, "payload")?.to_bytes()
}

/// Reads a value from canonical JSON; text that is not canonical is refused before its meaning is looked at.
pub fn from_canonical<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    parse(bytes)?;
    serde_json::from_slice(bytes)
        .map_err(|error| CanonicalError::new(error.column().saturating_sub(1), error.to_string()))
}

fn convert(value: Value, path: &str) -> Result<Json, CanonicalError> {
    match value {
        Value::Null => Err(CanonicalError::new(0, format!("`{path}` is null"))),
        Value::Bool(truth) => Ok(Json::Bool(truth)),
        Value::String(text) => Ok(Json::String(text)),
        Value::Number(number) => match number.as_u64() {
            Some(whole) => Ok(Json::Number(whole)),
            None => Err(CanonicalError::new(
                0,
                format!("`{path}` is {number}, not a whole number from 0"),
            )),
        },
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            let converted = items.map(|(position, item)| convert(item, &format!("{path}.{position}")));
            converted.collect::<Result<_, _>>().map(Json::Array)
        }
        Value::Object(members) => {
            let present = members.into_iter().filter(|(_, member)| !member.is_null());
            let converted = present.map(|(key, member)| {
                let member = convert(member, &format!("{path}.{key}"))?;
                Ok((key, member))
            });
            converted.collect::<Result<_, _>>().map(Json::Object)
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
