//! Schemas of what stands as text in JSON, and the check that no request type lets unknown fields pass.

use std::borrow::Cow;
use std::marker::PhantomData;

use basis::Id;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

/// The schema of an id: `#[schemars(with = "frame::IdText<ChangeId>")] change: ChangeId`.
pub struct IdText<I>(PhantomData<I>);

/// The schema of a moment: `#[schemars(with = "frame::TimeText")] at: Time`.
pub struct TimeText;

impl<I: Id> JsonSchema for IdText<I> {
    fn schema_name() -> Cow<'static, str> {
        let mut kind = String::new();
        for word in I::KIND.split([' ', '-', '_']) {
            let mut letters = word.chars();
            kind.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            kind.push_str(letters.as_str());
        }
        format!("{kind}Id").into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("{}::{}", I::PREFIX, I::KIND).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^{}-[0-9]{{4,15}}$", I::PREFIX),
            "description": format!("The id of one {}.", I::KIND),
        })
    }
}

impl JsonSchema for TimeText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "A moment as RFC 3339 writes it; answers are in UTC with milliseconds.",
        })
    }
}

/// Where in the schema of a request type fields would pass that the type does not know; `None` when nowhere.
pub(crate) fn loose_place<T: JsonSchema>() -> Option<String> {
    let mut generator = SchemaGenerator::default();
    let schema = generator.root_schema_for::<T>();
    loose(schema.as_value(), "")
}

fn loose(schema: &Value, place: &str) -> Option<String> {
    match schema {
        Value::Object(members) => {
            let closed = |name| members.get(name) == Some(&Value::Bool(false));
            if members.contains_key("properties")
                && !closed("additionalProperties")
                && !closed("unevaluatedProperties")
            {
                return Some(if place.is_empty() {
                    "its top".to_owned()
                } else {
                    place.to_owned()
                });
            }
            members
                .iter()
                .find_map(|(name, inner)| loose(inner, &format!("{place}/{name}")))
        }
        Value::Array(items) => items.iter().find_map(|inner| loose(inner, place)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Loose {
        title: String,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Outer {
        inner: Loose,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    enum Strict {
        One { title: String },
        Two { at: crate::Paging },
    }

    #[test]
    fn a_type_that_lets_unknown_fields_pass_is_found_at_any_depth() {
        assert_eq!(loose_place::<Loose>().as_deref(), Some("its top"));
        assert_eq!(loose_place::<Outer>().as_deref(), Some("/$defs/Loose"));
        assert_eq!(loose_place::<Strict>(), None);
        assert_eq!(loose_place::<crate::Nothing>(), None);
    }
}
