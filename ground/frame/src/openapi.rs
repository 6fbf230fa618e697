//! The OpenAPI 3.1 document, made from the lists of routes and the types they use.

use std::collections::BTreeSet;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use crate::problem::Problem;
use crate::routes::Route;
use crate::server::own_routes;
use crate::{Kind, RouteRow, Routes};

const SCHEMAS: &str = "#/components/schemas/";

/// Draws the shapes of what is sent and of what is answered, which may differ for one type.
struct Shapes {
    sent: SchemaGenerator,
    answered: SchemaGenerator,
}

/// The OpenAPI 3.1 document for the rooms' routes and the frame's own, always in the same order.
///
/// # Panics
/// When two rooms have one name and a function of one name: a mistake in the program's own lists.
pub fn openapi(rooms: &[Routes], title: &str, version: &str) -> Value {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
    };
    let mut shapes = Shapes {
        sent: SchemaGenerator::new(settings().for_deserialize()),
        answered: SchemaGenerator::new(settings().for_serialize()),
    };
    let problem = shapes.answered.subschema_for::<Problem>().to_value();
    let own = own_routes();
    let mut paths = Map::new();
    let mut operations = BTreeSet::new();
    let mut tags = BTreeSet::new();
    for room in std::iter::once(&own).chain(rooms) {
        for (row, route) in room.each().filter(|(row, _)| !row.kind.is_for_browsers()) {
            assert!(
                operations.insert(row.operation.clone()),
                "two routes are named {}",
                row.operation
            );
            tags.insert(room.room_name());
            let operation = operation(room.room_name(), row, route, &mut shapes);
            let path = paths.entry(row.path).or_insert_with(|| json!({}));
            path[row.method.name().to_ascii_lowercase()] = operation;
        }
    }
    let (schemas, paths) = shapes.together(Value::Object(paths));
    let tags: Vec<Value> = tags.into_iter().map(|tag| json!({ "name": tag })).collect();
    sorted(json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": version },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "bearer": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "responses": {
                "Refusal": {
                    "description": "A refusal: which rule, what is missing, what to do about it.",
                    "content": { "application/problem+json": { "schema": problem } },
                },
            },
            "schemas": schemas,
        },
    }))
}

fn operation(room: &str, row: &RouteRow, route: &Route, shapes: &mut Shapes) -> Value {
    let mut operation = json!({
        "operationId": row.operation,
        "summary": row.summary,
        "tags": [room],
        "parameters": parameters(row, route, shapes),
        "responses": {
            "200": answer(row, route, shapes),
            "default": { "$ref": "#/components/responses/Refusal" },
        },
    });
    match row.act {
        Some(act) => operation["x-tagout-act"] = json!(act),
        None => operation["security"] = json!([]),
    }
    if let Kind::Upload { limit_bytes } = row.kind {
        operation["requestBody"] = json!({
            "required": true,
            "description": format!("The file, at most {limit_bytes} bytes."),
            "content": { "application/octet-stream": {} },
        });
    } else if let Some(body) = route.shapes.body {
        operation["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": body(&mut shapes.sent).to_value() } },
        });
    }
    operation
}

fn answer(row: &RouteRow, route: &Route, shapes: &mut Shapes) -> Value {
    if row.kind == Kind::Download {
        return json!({ "description": "The file.", "content": { "*/*": {} } });
    }
    let schema = match route.shapes.answer {
        Some(answer) => answer(&mut shapes.answered).to_value(),
        None => json!({ "type": "object" }),
    };
    json!({ "description": "Done.", "content": { "application/json": { "schema": schema } } })
}

fn parameters(row: &RouteRow, route: &Route, shapes: &mut Shapes) -> Vec<Value> {
    let mut parameters: Vec<Value> = braces(row.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if let Some(query) = route.shapes.query {
        let schema = query(&mut shapes.sent).to_value();
        let schema = shapes.resolved(schema);
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = required.iter().any(|other| other == name);
            parameters
                .push(json!({ "name": name, "in": "query", "required": is_required, "schema": schema }));
        }
    }
    if row.kind == Kind::Act {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "The same request with the same key is done once and answered alike, for 24 hours, until the server restarts.",
            "schema": { "type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$" },
        }));
    }
    parameters
}

fn braces(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

impl Shapes {
    /// The schema itself where `schema` only points to it.
    fn resolved(&self, schema: Value) -> Value {
        let name = schema["$ref"]
            .as_str()
            .and_then(|place| place.strip_prefix(SCHEMAS));
        match name.and_then(|name| self.sent.definitions().get(name)) {
            Some(found) => found.clone(),
            None => schema,
        }
    }

    /// All named schemas. A name that means one thing when sent and another when answered is given the ending `Answer` for
    /// the second, in the schemas and in `paths`.
    fn together(mut self, mut paths: Value) -> (Map<String, Value>, Value) {
        let mut schemas = self.sent.take_definitions(true);
        let mut answered = self.answered.take_definitions(true);
        // A schema that points to a renamed one differs as well, so this goes on until nothing changes.
        while let Some(name) = differing(&schemas, &answered) {
            let new_name = format!("{name}Answer");
            let mut whole = Value::Object(answered);
            repoint(&mut whole, &name, &new_name);
            answered = match whole {
                Value::Object(members) => members,
                _ => Map::new(),
            };
            if let Some(schema) = answered.remove(&name) {
                answered.insert(new_name.clone(), schema);
            }
            for operation in operations(&mut paths) {
                repoint(&mut operation["responses"], &name, &new_name);
            }
        }
        schemas.append(&mut answered);
        (schemas, paths)
    }
}

fn differing(sent: &Map<String, Value>, answered: &Map<String, Value>) -> Option<String> {
    let mut names = answered
        .iter()
        .filter(|(name, schema)| sent.get(*name).is_some_and(|other| other != *schema));
    names.next().map(|(name, _)| name.clone())
}

fn operations(paths: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = paths
        .as_object_mut()
        .into_iter()
        .flat_map(|paths| paths.values_mut());
    items.flat_map(|item| {
        item.as_object_mut()
            .into_iter()
            .flat_map(|item| item.values_mut())
    })
}

fn repoint(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                match inner {
                    Value::String(place) if name == "$ref" && place.strip_prefix(SCHEMAS) == Some(from) => {
                        *place = format!("{SCHEMAS}{to}");
                    }
                    inner => repoint(inner, from, to),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| repoint(inner, from, to)),
        _ => {}
    }
}

/// The value with its members in the order of their names, whatever order the JSON library keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            members
                .into_iter()
                .map(|(name, inner)| (name, sorted(inner)))
                .collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_in_a_renamed_schema_follows_its_target() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let sent =
            object(json!({ "Lamp": { "required": [] }, "Room": { "$ref": "#/components/schemas/Lamp" } }));
        let answered = object(
            json!({ "Lamp": { "required": ["on"] }, "Room": { "$ref": "#/components/schemas/Lamp" } }),
        );
        assert_eq!(differing(&sent, &answered).as_deref(), Some("Lamp"));
        let mut value = json!({ "a": [{ "$ref": "#/components/schemas/Lamp" }], "b": { "$ref": "#/components/schemas/Lamps" } });
        repoint(&mut value, "Lamp", "LampAnswer");
        assert_eq!(
            value,
            json!({ "a": [{ "$ref": "#/components/schemas/LampAnswer" }], "b": { "$ref": "#/components/schemas/Lamps" } })
        );
    }
}
