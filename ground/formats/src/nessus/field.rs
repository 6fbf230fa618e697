//! Fields that identify or rate something: whole, readable, in range, or refused.

use std::io::Read;

use super::Limits;
use super::fault::Fault;
use super::xml::Xml;

/// Keeps the first of several; an empty field counts as absent.
pub fn first(slot: &mut Option<String>, value: String) {
    if slot.is_none() && !value.is_empty() {
        *slot = Some(value);
    }
}

/// Reads a field that identifies or rates something: never cut, never with replaced characters.
pub fn field<R: Read>(xml: &mut Xml<R>, name: &str, bytes_max: usize) -> Result<String, Fault> {
    let text = xml.read_leaf(bytes_max)?;
    if text.dropped_bytes > 0 {
        return Err(Fault::Limit {
            what: "bytes in a field that identifies something",
            limit: bytes_max as u64,
        });
    }
    readable(name, text.kept.trim())?;
    Ok(text.kept.trim().to_owned())
}

fn readable(name: &str, text: &str) -> Result<(), Fault> {
    match text
        .chars()
        .any(|c| c == '\u{fffd}' || (c.is_control() && c != '\n' && c != '\t'))
    {
        true => Err(value(name, text, "readable text in the encoding of the file")),
        false => Ok(()),
    }
}

/// Reads a whole number.
pub fn number<N: std::str::FromStr>(name: &str, text: &str) -> Result<N, Fault> {
    text.trim()
        .parse()
        .map_err(|_| value(name, text, "a whole number in its usual range"))
}

/// The refusal of a value, with its beginning.
pub fn value(field: &str, value: &str, expected: &'static str) -> Fault {
    Fault::Value {
        field: field.to_owned(),
        value: value.chars().take(80).collect(),
        expected,
    }
}

/// The attributes of one element, checked for size and readability.
pub struct Attributes {
    element: &'static str,
    list: Vec<(String, String)>,
}

impl Attributes {
    pub fn of<R: Read>(xml: &Xml<R>, element: &'static str, limits: &Limits) -> Result<Attributes, Fault> {
        let list = xml.attributes()?;
        for (name, text) in &list {
            if text.len() > limits.field_bytes_max {
                let limit = limits.field_bytes_max as u64;
                return Err(Fault::Limit {
                    what: "bytes in one attribute",
                    limit,
                });
            }
            readable(name, text)?;
        }
        Ok(Attributes { element, list })
    }

    pub fn optional(&self, attribute: &str) -> Option<String> {
        self.list
            .iter()
            .find(|(name, _)| name == attribute)
            .map(|(_, text)| text.trim().to_owned())
    }

    pub fn required(&self, attribute: &'static str) -> Result<String, Fault> {
        self.optional(attribute)
            .filter(|text| !text.is_empty())
            .ok_or(Fault::MissingAttribute {
                element: self.element,
                attribute,
            })
    }
}
