//! The page that a person opens first.

use ledger::canonical::Json;
use ledger::package::Scope;

use super::html::{Cell, Html};
use super::{Chosen, Pages, approvals};

/// How long a text of a payload may be in the table of entries; the whole stands in `ledger/payloads.jsonl`.
const SHOWN_CHARS_MAX: usize = 300;

pub(super) fn page(pages: &Pages<'_>) -> String {
    let title = match &pages.export.scope {
        Scope::Change { subject } => format!("Evidence package of {subject}"),
        Scope::Period { first, last } => format!("Evidence package of the entries {first} to {last}"),
    };
    let mut html = Html::new(&title);
    about(pages, &mut html);
    requests(pages, &mut html);
    decisions(pages, &mut html);
    work(pages, &mut html);
    evidence(pages, &mut html);
    entries(pages, &mut html);
    html.finish()
}

fn about(pages: &Pages<'_>, html: &mut Html) {
    let export = pages.export;
    let rows = [
        ("Ledger", pages.origin.to_owned()),
        (
            "Made",
            format!("{} by {}", export.exported_at, pages.person(export.exported_by)),
        ),
        ("Policy in force", format!("version {}", export.policy_version)),
        (
            "Ledger at that time",
            format!("{} entries, root {}", export.size, export.root),
        ),
        (
            "In this package",
            format!(
                "{} entries, {} evidence files",
                export.entries, export.evidence_files
            ),
        ),
        ("Key that it says it was signed with", pages.key.clone()),
    ];
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|(name, value)| vec![Cell::text(name), Cell::text(value)])
        .collect();
    html.table(&["", ""], &rows);
    html.paragraph(
        "This page is for reading. What proves something are the files beside it: verify the package, with a key that the \
         organisation gave you by another way than this package, before you rely on anything here.",
    );
    html.exact("tagout verify PACKAGE --key KEY\npython3 verify.py PACKAGE --key KEY");
}

/// Whether the package is about one change, of which entries of other changes are no part.
fn in_scope(pages: &Pages<'_>, chosen: &Chosen) -> bool {
    match &pages.export.scope {
        Scope::Change { subject } => chosen.entry.subject == *subject,
        Scope::Period { first, last } => (*first..=*last).contains(&chosen.index),
    }
}

fn requests(pages: &Pages<'_>, html: &mut Html) {
    html.heading("What was asked for");
    let submitted: Vec<_> = pages
        .chosen
        .iter()
        .filter(|chosen| chosen.is("changes.submitted") && in_scope(pages, chosen))
        .collect();
    if submitted.is_empty() {
        html.note("Nothing in this package was submitted for decision.");
    }
    for chosen in submitted {
        let revision = chosen.number("revision").unwrap_or(0);
        html.paragraph(&format!(
            "{}, revision {revision}, submitted {} (entry {}), SHA-256 {}",
            chosen.entry.subject,
            chosen.entry.time,
            chosen.index,
            chosen.text("digest")
        ));
        match chosen.payload {
            Some(_) => html.exact(chosen.text("text")),
            None => html.note("The text was destroyed; see the entries below."),
        }
    }
}

fn decisions(pages: &Pages<'_>, html: &mut Html) {
    html.heading("Who decided");
    let decided = pages
        .chosen
        .iter()
        .filter(|chosen| chosen.is("changes.decided") && in_scope(pages, chosen));
    let rows: Vec<Vec<Cell>> = decided
        .map(|chosen| {
            let key_id = chosen.text("key_id");
            let fingerprint = pages
                .enrolment(key_id)
                .map_or("", |enrolment| enrolment.text("fingerprint"));
            let files = match approvals::message(pages, chosen) {
                Some(_) => Cell::link(&format!("{}.msg", approvals::stem(chosen)), "signed message"),
                None => Cell::text("withheld"),
            };
            let mut key = vec![key_id.to_owned(), fingerprint.to_owned()];
            if approvals::is_by_passkey(chosen) {
                key.push("passkey".to_owned());
            }
            vec![
                Cell::text(format!(
                    "{} revision {}",
                    chosen.entry.subject,
                    chosen.number("revision").unwrap_or(0)
                )),
                Cell::text(chosen.text("decision")),
                Cell::text(pages.person(chosen.entry.actor)),
                Cell::text(chosen.text("capacity")),
                Cell::text(chosen.text("signed_at")),
                Cell::lines(&key),
                Cell::text(chosen.text("comment")),
                Cell::text(chosen.text("alternative")),
                files,
            ]
        })
        .collect();
    if rows.is_empty() {
        return html.note("Nobody decided anything in this package.");
    }
    let headings = [
        "Request",
        "Decision",
        "Person",
        "As",
        "Signed",
        "Key",
        "Comment",
        "Small-shop paragraph",
        "Message",
    ];
    html.table(&headings, &rows);
    html.note("readable/approvals/how-to-check.txt tells how OpenSSH alone checks the signatures.");
}

fn work(pages: &Pages<'_>, html: &mut Html) {
    html.heading("What was done");
    let is_work = |chosen: &&&Chosen| {
        let room = chosen.entry.event_type.as_str().split('.').next().unwrap_or("");
        matches!(room, "permits" | "runs" | "sessions") || (room == "changes" && !is_paper(chosen))
    };
    let done = pages
        .chosen
        .iter()
        .filter(is_work)
        .filter(|chosen| !chosen.is("changes.submitted") || in_scope(pages, chosen));
    let rows: Vec<Vec<Cell>> = done.map(|chosen| line(pages, chosen)).collect();
    match rows.is_empty() {
        true => html.note("No work is recorded in this package."),
        false => html.table(&["Entry", "Time", "Who", "What", "About", "Says"], &rows),
    }
}

/// What of a change is told in the other parts of the page.
fn is_paper(chosen: &Chosen) -> bool {
    [
        "changes.opened",
        "changes.edited",
        "changes.submitted",
        "changes.decided",
    ]
    .iter()
    .any(|kind| chosen.is(kind))
}

fn evidence(pages: &Pages<'_>, html: &mut Html) {
    html.heading("Evidence");
    let added = pages.chosen.iter().filter(|chosen| chosen.is("evidence.added"));
    let rows: Vec<Vec<Cell>> = added
        .map(|chosen| {
            let sha256 = chosen.text("sha256");
            let is_here = pages
                .evidence
                .iter()
                .any(|file| file.sha256.to_string() == sha256);
            let file = match (is_here, chosen.payload.is_some()) {
                (true, _) => Cell::link(&format!("evidence/{sha256}"), sha256),
                (false, true) => Cell::text(format!("{sha256} (destroyed)")),
                (false, false) => Cell::text("withheld"),
            };
            vec![
                Cell::text(chosen.entry.subject.to_string()),
                Cell::text(chosen.text("name")),
                Cell::text(chosen.text("kind")),
                Cell::text(chosen.text("media_type")),
                Cell::text(
                    chosen
                        .number("size")
                        .map_or(String::new(), |size| size.to_string()),
                ),
                Cell::text(chosen.text("taken_at")),
                file,
            ]
        })
        .collect();
    match rows.is_empty() {
        true => html.note("There is no evidence in this package."),
        false => html.table(
            &[
                "Id",
                "Name",
                "Shows",
                "Media type",
                "Bytes",
                "Taken",
                "File by SHA-256",
            ],
            &rows,
        ),
    }
}

fn entries(pages: &Pages<'_>, html: &mut Html) {
    html.heading("Every entry");
    let rows: Vec<Vec<Cell>> = pages.chosen.iter().map(|chosen| line(pages, chosen)).collect();
    html.table(&["Entry", "Time", "Who", "What", "About", "Says"], &rows);
}

fn line(pages: &Pages<'_>, chosen: &Chosen) -> Vec<Cell> {
    let entry = &chosen.entry;
    vec![
        Cell::text(chosen.index.to_string()),
        Cell::text(entry.time.to_string()),
        Cell::lines(&[
            pages.person(entry.actor),
            format!("by {}", entry.authentication.name()),
        ]),
        Cell::text(entry.event_type.as_str()),
        Cell::text(entry.subject.to_string()),
        Cell::lines(&says(chosen)),
    ]
}

/// What an entry says, one line for each member of its payload.
fn says(chosen: &Chosen) -> Vec<String> {
    if chosen.entry.sealed {
        return vec!["sealed: a credential, which never leaves the organisation".to_owned()];
    }
    match (&chosen.payload, chosen.redacted_by) {
        (Some(payload), _) => {
            let mut lines = Vec::new();
            spell("", payload, &mut lines);
            lines
        }
        (None, Some(by)) => vec![format!("redacted: destroyed on purpose, see entry {by}")],
        (None, None) => Vec::new(),
    }
}

fn spell(key: &str, json: &Json, lines: &mut Vec<String>) {
    let below = |name: &str| {
        if key.is_empty() {
            name.to_owned()
        } else {
            format!("{key}.{name}")
        }
    };
    match json {
        Json::Object(members) => members
            .iter()
            .for_each(|(name, value)| spell(&below(name), value, lines)),
        Json::Array(items) if items.iter().all(|item| plain(item).is_some()) => {
            let items: Vec<String> = items.iter().filter_map(plain).collect();
            lines.push(format!("{key}: {}", shortened(&items.join(", "))));
        }
        Json::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| spell(&below(&(at + 1).to_string()), item, lines));
        }
        other => lines.extend(plain(other).map(|text| format!("{key}: {}", shortened(&text)))),
    }
}

fn plain(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(truth) => Some(if *truth { "yes" } else { "no" }.to_owned()),
        Json::Object(_) | Json::Array(_) => None,
    }
}

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    if shown.len() < text.len() {
        shown.push_str(" … (shortened)");
    }
    shown
}
