//! The routes of history: parse, call an act, show.

mod views;

use basis::{Class, Refusal, Subject, Time};
use frame::{Call, Content, Download, Listed, Method, Nothing, Paging, PublicCall, Routes};
use storage::CheckResult;

use crate::acts::{self, Depth};
use crate::pages;
use crate::rules::Asked;

pub use views::{
    CheckView, EntriesQuery, EntryView, ExportRequest, ExportView, HeadView, ProvenEntry, RedactedView,
    RedactionRequest, RedactionView, SignedHead, VerificationQuery, VerificationView, VerifierKeyView,
};

pub(crate) fn routes() -> Routes {
    Routes::room("history")
        .read(
            "/history/entries",
            "history.read",
            "Lists entries with their payloads",
            entries,
        )
        .read(
            "/history/entries/{index}",
            "history.read",
            "Shows an entry with its proof",
            entry,
        )
        .read(
            "/history/checkpoints",
            "history.read",
            "Lists the heads that were signed",
            checkpoints,
        )
        .act(
            Method::Post,
            "/history/checkpoints",
            "history.export",
            "Signs the head of the ledger",
            checkpoint,
        )
        .public_read(
            "/history/key",
            "Gives the key that packages and heads are verified with",
            key,
        )
        .read(
            "/history/exports",
            "history.read",
            "Lists the packages that were made",
            exports,
        )
        .act(
            Method::Post,
            "/history/exports",
            "history.export",
            "Makes an evidence package",
            export,
        )
        .download(
            "/history/exports/{export}/package",
            "history.export",
            "Fetches a package",
            package,
        )
        .read(
            "/history/redactions",
            "history.read",
            "Lists redactions",
            redactions,
        )
        .act(
            Method::Post,
            "/history/redactions",
            "history.redact",
            "Asks for a redaction",
            request_redaction,
        )
        .act(
            Method::Post,
            "/history/redactions/{redaction}/confirmation",
            "history.redact",
            "Confirms a redaction as the second person",
            confirm_redaction,
        )
        .read(
            "/history/verification",
            "history.read",
            "Examines the record now",
            verification,
        )
        .page(
            "/history",
            "history.read",
            "Shows the ledger, the newest entry first",
            pages::show_ledger,
        )
        .page(
            "/history/entries/{entry}",
            "history.read",
            "Shows an entry with its proofs",
            pages::show_entry,
        )
        .form(
            "/history/checkpoints",
            "history.export",
            "Signs the head of the ledger",
            pages::show_exports,
            pages::sign_head,
        )
        .page(
            "/history/exports",
            "history.read",
            "Shows the packages that were made",
            pages::show_exports,
        )
        .form(
            "/history/exports",
            "history.export",
            "Makes an evidence package",
            pages::show_exports,
            pages::make_export,
        )
        .file(
            "/history/exports/{export}/package",
            "history.export",
            "Gives a package as a file",
            package,
        )
        .page(
            "/history/verification",
            "history.read",
            "Examines the record now",
            pages::show_verification,
        )
}

pub(crate) fn wrong_query(name: &str, text: &str, write: &str) -> Refusal {
    Refusal::new(
        Class::Invalid,
        "query",
        format!("`{name}`: `{text}` makes no sense"),
    )
    .way_out(write)
}

fn entries(call: &Call<'_, EntriesQuery>) -> Result<Listed<EntryView>, Refusal> {
    let query = &call.query;
    let size = Paging {
        after: None,
        limit: query.limit,
    }
    .size()?;
    let first = match &query.after {
        Some(text) => {
            let after: u64 = text
                .parse()
                .map_err(|_| wrong_query("after", text, "give the index of an entry"))?;
            after.saturating_add(1)
        }
        None => 0,
    };
    let subject = query.subject.as_ref().map(|text| {
        Subject::parse(text).ok_or_else(|| wrong_query("subject", text, "write an id such as `CHG-0001`"))
    });
    let limit = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1);
    let found = acts::entries(
        call.organisation(),
        call.actor,
        first,
        subject.transpose()?,
        query.event_type.clone(),
        limit,
    )?;
    let items = found.into_iter().map(EntryView::from).collect();
    Ok(Listed::cut(items, size, |last: &EntryView| {
        last.index.to_string()
    }))
}

fn entry(call: &Call<'_>) -> Result<ProvenEntry, Refusal> {
    let text = call.part("index");
    let index = text
        .parse()
        .map_err(|_| wrong_query("index", text, "write the index of an entry"))?;
    let proven = acts::entry(call.organisation(), call.actor, index)?;
    Ok(ProvenEntry {
        leaf: String::from_utf8_lossy(&proven.leaf).into_owned(),
        size: proven.size,
        root: proven.root.to_base64(),
        path: proven.path.iter().map(|hash| hash.to_base64()).collect(),
        entry: proven.shown.into(),
    })
}

fn checkpoints(call: &Call<'_>) -> Result<Listed<HeadView>, Refusal> {
    let heads = acts::signed_heads(call.organisation(), call.actor)?;
    let view = |(size, root, signed_at): (u64, ledger::Hash, Time)| HeadView {
        size,
        root: root.to_base64(),
        signed_at,
    };
    Ok(Listed {
        items: heads.into_iter().map(view).collect(),
        next: None,
    })
}

fn checkpoint(call: &Call<'_>) -> Result<SignedHead, Refusal> {
    let checkpoint = acts::checkpoint(call.organisation(), call.actor)?;
    Ok(SignedHead { checkpoint })
}

fn key(call: &PublicCall<'_>) -> Result<VerifierKeyView, Refusal> {
    let key = call.organisation().verifier_key()?;
    Ok(VerifierKeyView { key: key.to_string() })
}

fn export(call: &Call<'_, Nothing, ExportRequest>) -> Result<ExportView, Refusal> {
    let request = &call.body;
    let asked = asked(request)?;
    acts::export(call.organisation(), call.actor, &asked, &request.since).map(ExportView::from)
}

/// What the request asks a package about.
pub(crate) fn asked(request: &ExportRequest) -> Result<Asked, Refusal> {
    Ok(match (&request.change, &request.from, &request.to) {
        (Some(text), None, None) => {
            let change = Subject::parse(text).filter(|subject| subject.to_string().starts_with("CHG-"));
            Asked::Change(
                change.ok_or_else(|| wrong_query("change", text, "write an id such as `CHG-0001`"))?,
            )
        }
        (None, from, to) => Asked::Period {
            from: from.clone(),
            to: to.clone(),
        },
        (Some(_), ..) => {
            return Err(Refusal::new(
                Class::Invalid,
                "export",
                "a package is about a change or about a period",
            )
            .way_out("leave out `change`, or `from` and `to`"));
        }
    })
}

fn exports(call: &Call<'_, Paging>) -> Result<Listed<ExportView>, Refusal> {
    let size = call.query.size()?;
    let after = call.query.after()?;
    let found = acts::exports(call.organisation(), call.actor, after, u64::from(size) + 1)?;
    let items = found.into_iter().map(ExportView::from).collect();
    Ok(Listed::cut(items, size, |last: &ExportView| {
        last.export.to_string()
    }))
}

fn package(call: &Call<'_>) -> Result<Download, Refusal> {
    let (export, file) = acts::package(call.organisation(), call.actor, call.id("export")?)?;
    Ok(Download {
        name: format!("{}.zip", export.export),
        media_type: "application/zip".to_owned(),
        content: Content::File(file),
    })
}

fn redactions(call: &Call<'_, Paging>) -> Result<Listed<RedactionView>, Refusal> {
    let size = call.query.size()?;
    let after = call.query.after()?;
    let found = acts::redactions(call.organisation(), call.actor, after, u64::from(size) + 1)?;
    let items = found.into_iter().map(RedactionView::from).collect();
    Ok(Listed::cut(items, size, |last: &RedactionView| {
        last.redaction.to_string()
    }))
}

fn request_redaction(call: &Call<'_, Nothing, RedactionRequest>) -> Result<RedactionView, Refusal> {
    let body = &call.body;
    acts::request_redaction(call.organisation(), call.actor, body.entry, &body.reason)
        .map(RedactionView::from)
}

fn confirm_redaction(call: &Call<'_>) -> Result<RedactedView, Refusal> {
    let redacted = acts::confirm_redaction(call.organisation(), call.actor, call.id("redaction")?)?;
    Ok(RedactedView {
        redaction: redacted.redaction.into(),
        exports: redacted.exports.into_iter().map(ExportView::from).collect(),
        left: redacted.left,
    })
}

fn verification(call: &Call<'_, VerificationQuery>) -> Result<VerificationView, Refusal> {
    let depth = if call.query.rebuild {
        Depth::Tables
    } else {
        Depth::Ledger
    };
    let examined = acts::verify_now(call.organisation(), call.actor, depth)?;
    let mut checks: Vec<CheckView> = examined
        .checks
        .into_iter()
        .map(|check| {
            let (result, lines) = match check.result {
                CheckResult::Right(line) => ("right", vec![line]),
                CheckResult::Wrong(lines) => ("wrong", lines),
                CheckResult::Note(line) => ("note", vec![line]),
            };
            CheckView {
                name: check.name.to_owned(),
                result: result.to_owned(),
                lines,
            }
        })
        .collect();
    if let Some(differences) = examined.tables {
        let lines: Vec<String> = differences
            .iter()
            .map(|difference| difference.table.clone())
            .collect();
        let (result, lines) = match lines.is_empty() {
            true => (
                "right",
                vec!["every table is what the entries make of it".to_owned()],
            ),
            false => ("wrong", lines),
        };
        checks.push(CheckView {
            name: "tables".to_owned(),
            result: result.to_owned(),
            lines,
        });
    }
    Ok(VerificationView {
        is_sound: checks.iter().all(|check| check.result != "wrong"),
        checks,
    })
}
