//! Strict reading of query strings and JSON bodies, with the place of what is wrong.

use basis::{Class, Refusal};
use serde::de::DeserializeOwned;

/// Reads a JSON body, which is an object: a list that happens to fit a type's fields in their order is refused. An empty body reads as `{}`, so that an act without fields needs none. Nesting deeper than 127
/// levels is refused by the reader itself.
///
/// # Errors
/// A refusal of class `Invalid` that names the field, or the line and column.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let refused = |what: String| {
        Refusal::new(Class::Invalid, "body", what)
            .way_out("send the fields that `/api/v1/openapi.json` lists for this route, and no others")
    };
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(refused("the body is not a JSON object".to_owned()));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        let inner = error.into_inner();
        refused(match place.as_str() {
            "." | "" | "?" => format!("the body cannot be read: {inner}"),
            place => format!("field `{place}`: {inner}"),
        })
    })?;
    reader
        .end()
        .map_err(|error| refused(format!("something follows the body: {error}")))?;
    Ok(value)
}

/// Reads a query string. A parameter that is given more than once is a list.
///
/// # Errors
/// A refusal of class `Invalid` that names the parameter.
pub(crate) fn query<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let pairs = serde_html_form::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let place = error.path().to_string();
        let inner = match error.into_inner().to_string() {
            // What the reader says of a list where one value is expected.
            inner if inner == "unsupported value" => "it is given more than once".to_owned(),
            inner => inner,
        };
        let what = match place.as_str() {
            "." | "" | "?" => format!("the query cannot be read: {inner}"),
            place => format!("query parameter `{place}`: {inner}"),
        };
        Refusal::new(Class::Invalid, "query", what)
            .way_out("use the parameters that `/api/v1/openapi.json` lists for this route, each once")
    })
}

/// Reads the fields of a form. A field that was left empty is one that was not sent; a field that is sent more than once
/// is a list.
///
/// # Errors
/// A refusal of class `Invalid` that names the field.
pub(crate) fn form<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Refusal> {
    let filled = pairs.iter().filter(|(_, value)| !value.trim().is_empty());
    let text = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(filled)
        .finish();
    let fields = serde_html_form::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(fields).map_err(|error| {
        let place = error.path().to_string();
        let inner = error.into_inner();
        let what = match place.as_str() {
            "." | "" | "?" => format!("the form cannot be taken: {inner}"),
            place => format!("field `{place}`: {inner}"),
        };
        Refusal::new(Class::Invalid, "form", what).way_out("fill the field in and send the form again")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Nothing, Paging};
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Plan {
        title: String,
        #[serde(default)]
        steps: Vec<Step>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Step {
        minutes: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Chosen {
        #[serde(default)]
        lamp: Vec<String>,
    }

    fn complaint(body: &str) -> String {
        json::<Plan>(body.as_bytes()).unwrap_err().what
    }

    #[test]
    fn a_wrong_body_is_refused_with_its_place() {
        let rows = [
            (r#"{"steps":[]}"#, "missing field `title`"),
            (
                r#"{"title":"a","owner":"b"}"#,
                "field `owner`: unknown field `owner`",
            ),
            (
                r#"{"title":"a","steps":[{"minutes":-1}]}"#,
                "field `steps[0].minutes`: invalid value",
            ),
            (r#"{"title":"a","title":"b"}"#, "duplicate field `title`"),
            (
                r#"{"title":"a"} x"#,
                "something follows the body: trailing characters at line 1 column 15",
            ),
            (r#"{"title":"#, "EOF while parsing a value at line 1 column 9"),
            ("\u{feff}{}", "the body is not a JSON object"),
            (r#"["a",[]]"#, "the body is not a JSON object"),
        ];
        for (body, expected) in rows {
            let what = complaint(body);
            assert!(what.contains(expected), "{body} said {what}");
        }
    }

    #[test]
    fn nesting_ends_at_127_levels_without_harm() {
        let nested = |levels: usize| r#"{"a":"#.repeat(levels) + "1" + &"}".repeat(levels);
        assert!(json::<serde_json::Value>(nested(127).as_bytes()).is_ok());
        let refusal = json::<serde_json::Value>(nested(128).as_bytes()).unwrap_err();
        assert!(refusal.what.contains("recursion limit"), "{refusal}");
        assert!(json::<serde_json::Value>(r#"{"a":"#.repeat(1_000_000).as_bytes()).is_err());
    }

    #[test]
    fn no_body_reads_as_an_empty_one() {
        assert_eq!(json::<Nothing>(b"").unwrap(), Nothing);
        assert_eq!(json::<Nothing>(b"{}").unwrap(), Nothing);
        assert!(json::<Nothing>(br#"{"a":1}"#).is_err());
        assert!(json::<Nothing>(b"null").is_err());
    }

    #[test]
    fn a_wrong_query_is_refused_with_its_parameter() {
        let page: Paging = query("after=CHG-0001&limit=5").unwrap();
        assert_eq!((page.after.as_deref(), page.limit), (Some("CHG-0001"), Some(5)));
        for (text, expected) in [
            ("limit=x", "query parameter `limit`: invalid digit"),
            ("limit=1&limit=2", "`limit`: it is given more than once"),
            ("page=2", "unknown field `page`"),
        ] {
            let what = query::<Paging>(text).unwrap_err().what;
            assert!(what.contains(expected), "{text} said {what}");
        }
        let plan: Plan = query("title=a").unwrap();
        assert_eq!(plan.steps, []);
        let chosen: Chosen = query("lamp=LMP-1&lamp=LMP-2").unwrap();
        assert_eq!(chosen.lamp, ["LMP-1", "LMP-2"]);
        assert_eq!(query::<Nothing>("").unwrap(), Nothing);
        assert!(
            query::<Nothing>("a=1")
                .unwrap_err()
                .what
                .contains("unknown field `a`")
        );
    }

    proptest! {
        #[test]
        fn no_bytes_can_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
            let _ = json::<Plan>(&bytes);
            let _ = query::<Paging>(&text);
        }
    }
}
