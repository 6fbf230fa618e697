//! A rule's parameters as pairs of key and printed value: for sentences with numbers filled in, and for differences.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Every value of the table under its dotted key, such as `least.normal` → `72 hours`.
pub(super) fn printed(table: &DeTable<'_>) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    for (key, value) in table {
        pairs.extend(printed_under(key.get_ref(), value));
    }
    pairs
}

/// The same for one value that stands under `key`.
pub(super) fn printed_under(key: &str, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, String> {
    match value.get_ref() {
        DeValue::Table(table) => printed(table)
            .into_iter()
            .map(|(inner, text)| (format!("{key}.{inner}"), text))
            .collect(),
        other => BTreeMap::from([(key.to_owned(), print(other))]),
    }
}

fn print(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(items) => {
            // A pair of duties reads as one thing; a list reads as several.
            let printed: Vec<String> = items.iter().map(|item| print_item(item.get_ref())).collect();
            if printed.is_empty() {
                "none".to_owned()
            } else {
                printed.join(", ")
            }
        }
        DeValue::Table(table) => {
            let values: Vec<String> = table.values().map(|value| print(value.get_ref())).collect();
            values.join(" ")
        }
    }
}

fn print_item(item: &DeValue<'_>) -> String {
    match item {
        DeValue::Array(pair) => {
            let ends: Vec<String> = pair.iter().map(|end| print(end.get_ref())).collect();
            ends.join("/")
        }
        other => print(other),
    }
}

/// A list as a sentence has it: commas, and `joint` before the last.
fn in_prose(value: &str, joint: &str) -> String {
    let text = match value.rsplit_once(", ") {
        Some((first, last)) => format!("{first} {joint} {last}"),
        None => value.to_owned(),
    };
    text.replace('_', " ")
}

/// Fills `{key}` in a sentence with the printed value of that key, so that the number read is the number enforced. A
/// list is joined with `and`, or with `or` where the sentence says `{key or}`.
pub(super) fn fill(sentence: &str, printed: &BTreeMap<String, String>) -> Result<String, String> {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('}') else {
            return Err("the sentence opens a `{` and does not close it".to_owned());
        };
        let key = &rest[start + 1..start + length];
        let (key, joint) = match key.strip_suffix(" or") {
            Some(key) => (key, "or"),
            None => (key, "and"),
        };
        let Some(value) = printed.get(key) else {
            let known: Vec<&str> = printed.keys().map(String::as_str).collect();
            return Err(format!(
                "the sentence names `{{{key}}}`, the rule has {}",
                known.join(", ")
            ));
        };
        filled.push_str(&in_prose(value, joint));
        rest = &rest[start + length + 1..];
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(text: &str) -> BTreeMap<String, String> {
        printed(DeTable::parse(text).unwrap().get_ref())
    }

    #[test]
    fn every_value_stands_under_its_dotted_key() {
        let text = "least.normal = \"72 hours\"\nneeded = [{ capacity = \"approver\", count = 2 }]\npairs = [[\"a\", \"b\"]]\non = true";
        let expected = [
            ("least.normal", "72 hours"),
            ("needed", "approver 2"),
            ("on", "yes"),
            ("pairs", "a/b"),
        ];
        assert_eq!(
            pairs(text),
            expected
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into()
        );
    }

    #[test]
    fn a_sentence_shows_the_number_that_is_enforced() {
        let printed = pairs("longest = \"8 hours\"\nany_of = [\"roll_back\"]\nthree = [1, 2, 3]");
        assert_eq!(
            fill("At most {longest}: {any_of}.", &printed).unwrap(),
            "At most 8 hours: roll back."
        );
        assert_eq!(
            fill("{three}; {three or}", &printed).unwrap(),
            "1, 2 and 3; 1, 2 or 3"
        );
        assert!(fill("At most {shortest}.", &printed).is_err());
        assert!(fill("At most {longest.", &printed).is_err());
    }

    proptest! {
        #[test]
        fn filling_any_sentence_never_panics(sentence in ".{0,60}") {
            let _ = fill(&sentence, &BTreeMap::new());
        }
    }
}
