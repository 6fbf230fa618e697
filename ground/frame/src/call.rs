//! What a route's function is handed: who asks, for what, with which body.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;

use basis::{Actor, Class, Id, Refusal};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use storage::Organisation;

use crate::House;
use crate::pages::{Form, Visit};

/// No query, no body, or an answer without content. Written as `{}` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Nothing;

/// The values that stand in a path's braces, percent-decoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathValues(pub(crate) Vec<(String, String)>);

/// A call by a person who proved who they are.
pub struct Call<'h, Q = Nothing, B = Nothing> {
    /// The house.
    pub house: &'h House,
    /// Who asks.
    pub actor: &'h Actor,
    /// The query string.
    pub query: Q,
    /// The body.
    pub body: B,
    pub(crate) path: &'h PathValues,
    pub(crate) source: SocketAddr,
    pub(crate) visit: &'h Visit,
}

/// A call by anybody: signing in, health, public keys.
pub struct PublicCall<'h, Q = Nothing, B = Nothing> {
    /// The house.
    pub house: &'h House,
    /// The query string.
    pub query: Q,
    /// The body.
    pub body: B,
    pub(crate) path: &'h PathValues,
    pub(crate) source: SocketAddr,
    pub(crate) visit: &'h Visit,
}

impl<'h, Q, B> Call<'h, Q, B> {
    /// The same call without its query and body, for what shows the page.
    pub fn without_body(&self) -> Call<'h> {
        Call {
            house: self.house,
            actor: self.actor,
            query: Nothing,
            body: Nothing,
            path: self.path,
            source: self.source,
            visit: self.visit,
        }
    }

    /// The organisation's records.
    pub fn organisation(&self) -> &Organisation {
        &self.house.organisation
    }

    /// Where the request came from.
    pub fn source(&self) -> SocketAddr {
        self.source
    }

    /// The id that stands in the path's braces `{name}`.
    ///
    /// # Errors
    /// A refusal of class `Invalid` when the text there is not an id of this kind.
    pub fn id<I: Id>(&self, name: &str) -> Result<I, Refusal> {
        self.path.id(name)
    }

    /// The text that stands in the path's braces `{name}`.
    ///
    /// # Panics
    /// When the route's path has no such braces: a mistake in the room's own list.
    pub fn part(&self, name: &str) -> &str {
        self.path.part(name)
    }

    /// A form of the page, to be sent to `path`.
    pub fn form(&self, path: impl Into<String>) -> Form {
        Form::to(path.into(), self.visit)
    }

    /// Whether whoever asks may do this act at all, so that a page offers it. The act itself looks closer.
    pub fn may(&self, act: &str) -> bool {
        let gatekeeper = &self.house.gatekeeper;
        gatekeeper.admit(self.organisation(), self.actor, act).is_ok()
    }
}

impl<Q, B> PublicCall<'_, Q, B> {
    /// The organisation's records.
    pub fn organisation(&self) -> &Organisation {
        &self.house.organisation
    }

    /// Where the request came from.
    pub fn source(&self) -> SocketAddr {
        self.source
    }

    /// The id that stands in the path's braces `{name}`.
    ///
    /// # Errors
    /// A refusal of class `Invalid` when the text there is not an id of this kind.
    pub fn id<I: Id>(&self, name: &str) -> Result<I, Refusal> {
        self.path.id(name)
    }

    /// The text that stands in the path's braces `{name}`.
    ///
    /// # Panics
    /// When the route's path has no such braces: a mistake in the room's own list.
    pub fn part(&self, name: &str) -> &str {
        self.path.part(name)
    }

    /// A form of the page, to be sent to `path`.
    pub fn form(&self, path: impl Into<String>) -> Form {
        Form::to(path.into(), self.visit)
    }
}

impl PathValues {
    fn part(&self, name: &str) -> &str {
        match self.0.iter().find(|(key, _)| key == name) {
            Some((_, value)) => value,
            None => panic!("the route's path has no `{{{name}}}`"),
        }
    }

    fn id<I: Id>(&self, name: &str) -> Result<I, Refusal> {
        I::parse(self.part(name)).map_err(|error| {
            Refusal::new(Class::Invalid, "path", error.to_string())
                .way_out(format!("look the id up in the list of {}s", I::KIND))
        })
    }
}

impl Serialize for Nothing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Empty;

        impl<'de> Visitor<'de> for Empty {
            type Value = Nothing;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("nothing: `{}`, or no body and no query at all")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nothing, A::Error> {
                match map.next_entry::<String, IgnoredAny>()? {
                    Some((name, _)) => Err(A::Error::custom(format!(
                        "unknown field `{name}`, none is known here"
                    ))),
                    None => Ok(Nothing),
                }
            }
        }

        deserializer.deserialize_map(Empty)
    }
}

impl JsonSchema for Nothing {
    fn schema_name() -> Cow<'static, str> {
        "Nothing".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "properties": {}, "additionalProperties": false })
    }
}
