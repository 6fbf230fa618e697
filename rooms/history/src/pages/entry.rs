//! One entry: what it says, and the proof that it stands in the signed ledger.

use askama::Template;
use basis::{Refusal, Time};
use frame::Call;
use frame::pages::{Cell, Column, Moment, Page, State, Table, Tone};
use ledger::canonical::Json;

use super::ledger::standing;
use super::link_of;
use crate::acts::{self, Attested};
use crate::api::wrong_query;
use crate::rules::Remains;

/// How many lines of a payload are shown; the whole is in the package and on the command line.
const LINES_MAX: usize = 500;

/// The page.
#[derive(Template)]
#[template(path = "entry.html")]
pub(crate) struct EntryPage {
    index: u64,
    id: String,
    at: Moment,
    actor: String,
    authentication: &'static str,
    behalf: Option<String>,
    subject: String,
    subject_link: Option<String>,
    event_type: String,
    cause: Option<String>,
    previous: Option<u64>,
    next: Option<u64>,
    commitment: String,
    standing: State,
    is_sealed: bool,
    payload: Table,
    has_more: bool,
    leaf: String,
    size: u64,
    root: String,
    path: Vec<String>,
    head: Option<HeadLines>,
}

/// The newest signed head.
struct HeadLines {
    note: String,
    size: u64,
    path: Option<Vec<String>>,
}

impl Page for EntryPage {
    fn title(&self) -> String {
        format!("Entry {}: {}", self.index, self.event_type)
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let lines = |text: String| {
            payload(vec![
                ("title".to_owned(), text),
                ("assets[0]".to_owned(), "AST-0001".to_owned()),
            ])
        };
        let full = EntryPage {
            payload: lines("wordwithoutanyblank".repeat(40)),
            has_more: true,
            leaf: "{\"v\":1}".repeat(200),
            ..sample()
        };
        let sealed = EntryPage {
            is_sealed: true,
            standing: State::new("sealed", Tone::Plain),
            head: None,
            ..sample()
        };
        vec![("usual", sample()), ("sealed", sealed), ("full", full)]
    }
}

fn sample() -> EntryPage {
    let hash = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=".to_owned();
    EntryPage {
        index: 12,
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        at: Moment(Time::from_ms(1_763_800_000_000)),
        actor: "Ben Ortiz (PER-0002)".to_owned(),
        authentication: "passkey",
        behalf: None,
        subject: "CHG-0001".to_owned(),
        subject_link: Some("/changes/CHG-0001".to_owned()),
        event_type: "changes.opened".to_owned(),
        cause: None,
        previous: Some(11),
        next: Some(13),
        commitment: "0123456789abcdef".repeat(4),
        standing: State::new("readable", Tone::Plain),
        is_sealed: false,
        payload: payload(vec![("title".to_owned(), "Patch web01".to_owned())]),
        has_more: false,
        leaf: "{\"v\":1}".to_owned(),
        size: 20,
        root: hash.clone(),
        path: vec![hash.clone(), hash.clone()],
        head: Some(HeadLines {
            note: format!("tagout.example/record\n20\n{hash}\n\n— tagout.example/record {hash}\n"),
            size: 20,
            path: Some(vec![hash]),
        }),
    }
}

fn payload(lines: Vec<(String, String)>) -> Table {
    let columns = vec![Column::new("What"), Column::new("Says")];
    let row = |(name, text): (String, String)| {
        let text = match link_of(&text) {
            Some(link) if basis::Subject::parse(&text).is_some() => Cell::link(link, text),
            _ => Cell::text(text),
        };
        vec![Cell::text(name), text]
    };
    Table::new("What it says", columns, "It says no more than its type.")
        .with_rows(lines.into_iter().map(row))
}

/// Every value of the payload beside its place in it, at most one line more than are shown.
fn lines(name: &str, json: &Json, found: &mut Vec<(String, String)>) {
    if found.len() > LINES_MAX {
        return;
    }
    match json {
        Json::Object(members) => {
            for (key, member) in members {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                lines(&name, member, found);
            }
        }
        Json::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                lines(&format!("{name}[{place}]"), item, found);
            }
        }
        Json::String(text) => found.push((name.to_owned(), text.clone())),
        Json::Number(number) => found.push((name.to_owned(), number.to_string())),
        Json::Bool(truth) => found.push((name.to_owned(), if *truth { "yes" } else { "no" }.to_owned())),
    }
}

pub(crate) fn show_entry(call: &Call<'_>) -> Result<EntryPage, Refusal> {
    let text = call.part("entry");
    let index = text
        .parse()
        .map_err(|_| wrong_query("entry", text, "write the index of an entry"))?;
    let attested = acts::attested(call.organisation(), call.actor, index)?;
    let entry = &attested.proven.shown.entry;
    let (actor, behalf) = call.organisation().view(|view| {
        let behalf = entry
            .behalf
            .map(|behalf| people::in_words(view, behalf))
            .transpose()?;
        Ok::<_, Refusal>((people::in_words(view, entry.actor)?, behalf))
    })?;
    Ok(EntryPage {
        actor,
        behalf,
        ..EntryPage::from(attested)
    })
}

impl From<Attested> for EntryPage {
    fn from(attested: Attested) -> Self {
        let Attested { proven, head } = attested;
        let (shown, mut said) = (proven.shown, Vec::new());
        match &shown.payload {
            Remains::Whole(json) | Remains::Blanked(json) => lines("", json, &mut said),
            Remains::Sealed => {}
        }
        let has_more = said.len() > LINES_MAX;
        said.truncate(LINES_MAX);
        let entry = shown.entry;
        let subject = entry.subject.to_string();
        let base64 = |path: Vec<ledger::Hash>| path.into_iter().map(ledger::Hash::to_base64).collect();
        Self {
            index: shown.index,
            id: entry.id.to_string(),
            at: Moment(entry.time),
            actor: entry.actor.to_string(),
            authentication: entry.authentication.name(),
            behalf: entry.behalf.map(|behalf| behalf.to_string()),
            subject_link: link_of(&subject),
            subject,
            event_type: entry.event_type.as_str().to_owned(),
            cause: entry.cause.map(|cause| cause.to_string()),
            previous: shown.index.checked_sub(1),
            next: Some(shown.index + 1).filter(|next| *next < proven.size),
            commitment: entry.commitment.to_string(),
            standing: standing(&shown.payload),
            is_sealed: matches!(shown.payload, Remains::Sealed),
            payload: payload(said),
            has_more,
            leaf: String::from_utf8_lossy(&proven.leaf).into_owned(),
            size: proven.size,
            root: proven.root.to_base64(),
            path: base64(proven.path),
            head: head.map(|head| HeadLines {
                note: head.note,
                size: head.size,
                path: head.path.map(base64),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_shown_value_by_value_up_to_the_limit_and_one_line_more_is_noticed() {
        let json = ledger::canonical::parse(br#"{"a":{"b":[true,"x"]},"n":7}"#).unwrap();
        let mut found = Vec::new();
        lines("", &json, &mut found);
        let found: Vec<String> = found
            .iter()
            .map(|(name, text)| format!("{name}={text}"))
            .collect();
        assert_eq!(found, ["a.b[0]=yes", "a.b[1]=x", "n=7"]);
        for (count, expected) in [(LINES_MAX, LINES_MAX), (LINES_MAX + 5, LINES_MAX + 1)] {
            let mut found = Vec::new();
            lines("", &Json::Array(vec![Json::Number(1); count]), &mut found);
            assert_eq!(found.len(), expected);
        }
    }
}
