//! What rules return: the events that a decision leads to, as the ledger will record them.
//!
//! Events are values. Nothing here stores them, numbers them or says when they happened.

use basis::Subject;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::canonical::{CanonicalError, Json, Reader, from_canonical, parse, to_canonical};
use crate::entry::{BlobRef, EventType};
use crate::package::PAYLOAD_LINE_BYTES_MAX;

/// The most bytes that a payload may have: what fits into a line of a package, with index and salt beside it.
pub const PAYLOAD_BYTES_MAX: usize = PAYLOAD_LINE_BYTES_MAX - 128;

/// One kind of event, implemented by the type of its payload.
pub trait Event: Serialize + DeserializeOwned {
    /// The type in entries, such as `changes.submitted`.
    const TYPE: &'static str;
    /// The version of the payload's shape, from 1. Old versions are read by upcasters and never rewritten.
    const VERSION: u32 = 1;
    /// Whether the payload holds a credential and never leaves the organisation.
    const SEALED: bool = false;
    /// The members that hold free text, see [`blank`].
    const FREE_TEXT: &'static [&'static str] = &[];

    /// What the event is about.
    fn subject(&self) -> Subject;

    /// The stored evidence that belongs to the event.
    fn blobs(&self) -> Vec<BlobRef> {
        Vec::new()
    }
}

/// An event in the form in which it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The type, [`Event::TYPE`].
    pub event_type: EventType,
    /// The version of the type, [`Event::VERSION`].
    pub version: u32,
    /// Whether the payload never leaves the organisation, [`Event::SEALED`].
    pub sealed: bool,
    /// What the event is about.
    pub subject: Subject,
    /// The payload in canonical JSON, an object.
    pub payload: Vec<u8>,
    /// The stored evidence that belongs to the event.
    pub blobs: Vec<BlobRef>,
}

impl Recorded {
    /// Writes `event` down. Refuses a payload that is no object or has no canonical form, and a malformed type.
    pub fn of<E: Event>(event: &E) -> Result<Self, CanonicalError> {
        let named = |what: String| CanonicalError::new(0, format!("event `{}`: {what}", E::TYPE));
        let payload = to_canonical(event).map_err(|error| named(error.what))?;
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(named(format!(
                "a payload of more than {PAYLOAD_BYTES_MAX} bytes; put it into a blob"
            )));
        }
        // Within a line of a package the payload stands one level deeper.
        Reader::new(&payload)
            .and_then(|mut reader| reader.skip_object(1))
            .map_err(|error| named(error.what))?;
        Ok(Self {
            event_type: EventType::parse(E::TYPE).map_err(|error| named(error.to_string()))?,
            version: E::VERSION,
            sealed: E::SEALED,
            subject: event.subject(),
            payload,
            blobs: event.blobs(),
        })
    }

    /// The event again, if it is of this type and version.
    pub fn as_event<E: Event>(&self) -> Option<Result<E, CanonicalError>> {
        let is_same = self.event_type.as_str() == E::TYPE && self.version == E::VERSION;
        is_same.then(|| from_canonical(&self.payload))
    }
}

/// The events of one decision, in order.
///
/// A payload without canonical form is a fault of the program. Rules need not handle it: the first such fault is kept
/// here and comes out of [`Events::into_records`], where nothing has been recorded yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a decision that is not recorded did not happen"]
pub struct Events(Result<Vec<Recorded>, CanonicalError>);

impl Events {
    /// A decision that changes nothing.
    pub fn none() -> Self {
        Self(Ok(Vec::new()))
    }

    /// The decision that is one event.
    pub fn one<E: Event>(event: E) -> Self {
        Self(Recorded::of(&event).map(|recorded| vec![recorded]))
    }

    /// Adds an event at the end.
    pub fn and<E: Event>(mut self, event: E) -> Self {
        self.push(event);
        self
    }

    /// Adds an event at the end.
    pub fn push<E: Event>(&mut self, event: E) {
        self.extend(Self::one(event));
    }

    /// Adds all of `others` at the end.
    pub fn extend(&mut self, others: Events) {
        match (&mut self.0, others.0) {
            (Ok(records), Ok(more)) => records.extend(more),
            (Ok(_), Err(fault)) => self.0 = Err(fault),
            (Err(_), _) => {}
        }
    }

    /// The records, or the first fault that came up while they were written.
    pub fn into_records(self) -> Result<Vec<Recorded>, CanonicalError> {
        self.0
    }

    /// Every record in order; none where a fault came up.
    pub fn iter(&self) -> impl Iterator<Item = &Recorded> {
        self.0.iter().flatten()
    }

    /// Whether the decision changes nothing.
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Ok(records) if records.is_empty())
    }

    /// Every event of type `E`, read back from its record.
    pub fn all<E: Event>(&self) -> Vec<E> {
        self.iter()
            .filter_map(|recorded| recorded.as_event()?.ok())
            .collect()
    }

    /// The types in order.
    pub fn types(&self) -> Vec<&str> {
        self.iter().map(|recorded| recorded.event_type.as_str()).collect()
    }
}

/// Replaces free text in a payload by `note`, for the copy that is kept in views once the payload was redacted.
///
/// `free_text` names members from the top: `reason`, `review.comment`, `steps.*.note` where `*` is every element of
/// an array. A path that leads nowhere blanks nothing; an object or array at its end loses every string in it.
pub fn blank(payload: &[u8], free_text: &[&str], note: &str) -> Result<Vec<u8>, CanonicalError> {
    let mut value = parse(payload)?;
    for path in free_text {
        let steps: Vec<&str> = path.split('.').collect();
        blank_at(&mut value, &steps, note);
    }
    value.to_bytes()
}

fn blank_at(value: &mut Json, steps: &[&str], note: &str) {
    match (steps, value) {
        ([], Json::String(text)) => note.clone_into(text),
        ([], Json::Array(items)) => items.iter_mut().for_each(|item| blank_at(item, &[], note)),
        ([], Json::Object(members)) => members
            .values_mut()
            .for_each(|member| blank_at(member, &[], note)),
        (["*", rest @ ..], Json::Array(items)) => {
            items.iter_mut().for_each(|item| blank_at(item, rest, note))
        }
        ([key, rest @ ..], Json::Object(members)) => {
            if let Some(member) = members.get_mut(*key) {
                blank_at(member, rest, note);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Id, PersonId};
    use serde::Deserialize;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Named {
        person: PersonId,
        weight: f64,
    }

    impl Event for Named {
        const TYPE: &'static str = "people.named";
        fn subject(&self) -> Subject {
            self.person.subject()
        }
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Left {
        person: PersonId,
        reason: Option<String>,
    }

    impl Event for Left {
        const TYPE: &'static str = "people.left";
        const VERSION: u32 = 2;
        const SEALED: bool = true;
        fn subject(&self) -> Subject {
            self.person.subject()
        }
    }

    fn left(number: u64) -> Left {
        Left {
            person: PersonId::from_number(number),
            reason: None,
        }
    }

    #[test]
    fn events_come_out_in_the_order_in_which_they_were_put_in() {
        let mut events = Events::one(left(1)).and(left(2));
        events.extend(Events::one(left(3)));
        assert_eq!(events.all::<Left>(), [left(1), left(2), left(3)]);
        assert_eq!(events.types(), ["people.left"; 3]);
        let records = events.into_records().unwrap();
        assert_eq!(records[2].payload, br#"{"person":"PER-0003"}"#);
        assert_eq!((records[0].version, records[0].sealed), (2, true));
        assert!(Events::none().is_empty());
    }

    #[test]
    fn a_payload_without_canonical_form_surfaces_when_the_events_are_recorded() {
        let heavy = Named {
            person: PersonId::from_number(1),
            weight: 1.5,
        };
        let events = Events::one(left(1)).and(heavy).and(left(2));
        assert!(!events.is_empty());
        let fault = events.into_records().unwrap_err();
        assert_eq!(
            fault.what,
            "event `people.named`: `payload.weight` is 1.5, not a whole number from 0"
        );
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Free {
        value: serde_json::Value,
    }

    impl Event for Free {
        const TYPE: &'static str = "people.free";
        fn subject(&self) -> Subject {
            PersonId::from_number(1).subject()
        }
    }

    #[test]
    fn a_payload_of_the_most_bytes_and_levels_is_recorded_and_one_more_is_not() {
        let long = |bytes: usize| {
            Recorded::of(&Free {
                value: "x".repeat(bytes - 12).into(),
            })
        };
        assert_eq!(long(PAYLOAD_BYTES_MAX).unwrap().payload.len(), PAYLOAD_BYTES_MAX);
        assert!(long(PAYLOAD_BYTES_MAX + 1).is_err());
        let deep = |levels: usize| {
            let value = (1..levels).fold(serde_json::Value::from(1), |value, _| vec![value].into());
            Recorded::of(&Free { value })
        };
        assert!(deep(31).is_ok());
        assert_eq!(
            deep(32).unwrap_err().what,
            "event `people.free`: more than 32 levels of nesting"
        );
    }

    #[test]
    fn blanking_reaches_named_members_and_nothing_else() {
        let payload = br#"{"a":"x","b":{"c":"y","d":"z"},"n":1,"s":[{"t":"1"},{"t":"2","u":"3"}]}"#;
        let table: &[(&[&str], &str)] = &[
            (
                &[],
                r#"{"a":"x","b":{"c":"y","d":"z"},"n":1,"s":[{"t":"1"},{"t":"2","u":"3"}]}"#,
            ),
            (
                &["a", "b.c"],
                r#"{"a":"-","b":{"c":"-","d":"z"},"n":1,"s":[{"t":"1"},{"t":"2","u":"3"}]}"#,
            ),
            (
                &["s.*.t"],
                r#"{"a":"x","b":{"c":"y","d":"z"},"n":1,"s":[{"t":"-"},{"t":"-","u":"3"}]}"#,
            ),
            (
                &["s", "b"],
                r#"{"a":"x","b":{"c":"-","d":"-"},"n":1,"s":[{"t":"-"},{"t":"-","u":"-"}]}"#,
            ),
            (
                &["n", "q", "a.b", "*"],
                r#"{"a":"x","b":{"c":"y","d":"z"},"n":1,"s":[{"t":"1"},{"t":"2","u":"3"}]}"#,
            ),
        ];
        for (paths, expected) in table {
            let blanked = blank(payload, paths, "-").unwrap();
            assert_eq!(String::from_utf8(blanked).unwrap(), *expected, "{paths:?}");
        }
    }
}
