//! The routes of history: parse, call an act, show.

use basis::{Class, PersonId, Refusal, Subject, Time};
use frame::{Call, Content, Download, IdText, Listed, Method, Nothing, Page, PublicCall, Routes, TimeText};
use ledger::canonical::Json;
use ledger::package::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::CheckResult;

use crate::acts::{self, Depth, Shown};
use crate::rules::{Asked, Export, ExportId, Redaction, RedactionId, Remains};

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
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntriesQuery {
    /// The `next` of the page before; the ledger's beginning when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many items at most, 1 to 500; 100 when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// What they are about, such as `CHG-0001`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Their type, such as `changes.decided`, or a room with a dot, such as `changes.`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
}

/// An entry with what may be shown of its payload.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryView {
    pub index: u64,
    pub id: String,
    #[schemars(with = "TimeText")]
    pub time: Time,
    #[schemars(with = "IdText<PersonId>")]
    pub actor: PersonId,
    /// How the actor proved who they are.
    pub authn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<PersonId>>")]
    pub behalf: Option<PersonId>,
    #[schemars(with = "String")]
    pub subject: Subject,
    #[serde(rename = "type")]
    pub event_type: String,
    pub type_version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<u64>,
    /// The commitment to the payload, in hex.
    pub commitment: String,
    /// `clear`, `sealed` or `redacted`.
    pub standing: String,
    /// What it says; absent where it is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<serde_json::Value>,
}

impl From<Shown> for EntryView {
    fn from(shown: Shown) -> Self {
        let entry = shown.entry;
        let (standing, payload) = match &shown.payload {
            Remains::Whole(json) => ("clear", Some(value(json))),
            Remains::Sealed => ("sealed", None),
            Remains::Blanked(json) => ("redacted", Some(value(json))),
        };
        Self {
            index: shown.index,
            id: entry.id.to_string(),
            time: entry.time,
            actor: entry.actor,
            authn: entry.authentication.name().to_owned(),
            behalf: entry.behalf,
            subject: entry.subject,
            event_type: entry.event_type.as_str().to_owned(),
            type_version: entry.type_version,
            cause: entry.cause.map(|cause| cause.to_string()),
            previous: entry.previous,
            commitment: entry.commitment.to_string(),
            standing: standing.to_owned(),
            payload,
        }
    }
}

fn value(json: &Json) -> serde_json::Value {
    match json {
        Json::Object(members) => members
            .iter()
            .map(|(key, member)| (key.clone(), value(member)))
            .collect(),
        Json::Array(items) => items.iter().map(value).collect(),
        Json::String(text) => text.as_str().into(),
        Json::Number(number) => (*number).into(),
        Json::Bool(truth) => (*truth).into(),
    }
}

fn wrong_query(name: &str, text: &str, write: &str) -> Refusal {
    Refusal::new(
        Class::Invalid,
        "query",
        format!("`{name}`: `{text}` makes no sense"),
    )
    .way_out(write)
}

fn entries(call: &Call<'_, EntriesQuery>) -> Result<Listed<EntryView>, Refusal> {
    let query = &call.query;
    let size = Page {
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

/// An entry with the proof that it stands in the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProvenEntry {
    pub entry: EntryView,
    /// The entry's bytes, which the leaf hashes.
    pub leaf: String,
    /// How many entries the ledger has.
    pub size: u64,
    /// The root over them, in base64.
    pub root: String,
    /// The inclusion proof (RFC 6962 section 2.1.1), in base64.
    pub path: Vec<String>,
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

/// A head that was signed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeadView {
    pub size: u64,
    /// The root, in base64.
    pub root: String,
    #[schemars(with = "TimeText")]
    pub signed_at: Time,
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

/// A signed head (C2SP checkpoint).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// The signed note; keep it as a file, every byte of it.
    pub checkpoint: String,
}

fn checkpoint(call: &Call<'_>) -> Result<SignedHead, Refusal> {
    let checkpoint = acts::checkpoint(call.organisation(), call.actor)?;
    Ok(SignedHead { checkpoint })
}

/// The organisation's public key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifierKeyView {
    /// The key in C2SP's spelling: name, key id, base64.
    pub key: String,
}

fn key(call: &PublicCall<'_>) -> Result<VerifierKeyView, Refusal> {
    let key = call.organisation().verifier_key()?;
    Ok(VerifierKeyView { key: key.to_string() })
}

/// What a package is to be about: a change, or a period.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// The change; excludes `from` and `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// The first index or moment of a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last index or moment of a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Sizes of earlier heads that somebody kept, to be proven.
    #[serde(default)]
    pub since: Vec<u64>,
}

/// A package that was made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportView {
    #[schemars(with = "IdText<ExportId>")]
    pub export: ExportId,
    /// What it is about, such as `CHG-0001` or `entries 0 to 120`.
    pub about: String,
    /// How many entries the ledger had.
    pub size: u64,
    pub entries: u64,
    pub evidence_files: u64,
    pub policy_version: u64,
    #[schemars(with = "IdText<PersonId>")]
    pub exported_by: PersonId,
    #[schemars(with = "TimeText")]
    pub exported_at: Time,
}

impl From<Export> for ExportView {
    fn from(export: Export) -> Self {
        let about = match &export.scope {
            Scope::Change { subject } => subject.to_string(),
            Scope::Period { first, last } => format!("entries {first} to {last}"),
        };
        Self {
            export: export.export,
            about,
            size: export.size,
            entries: export.entries,
            evidence_files: export.evidence_files,
            policy_version: export.policy_version,
            exported_by: export.exported_by,
            exported_at: export.exported_at,
        }
    }
}

fn export(call: &Call<'_, Nothing, ExportRequest>) -> Result<ExportView, Refusal> {
    let request = &call.body;
    let asked = match (&request.change, &request.from, &request.to) {
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
    };
    acts::export(call.organisation(), call.actor, &asked, &request.since).map(ExportView::from)
}

fn exports(call: &Call<'_, Page>) -> Result<Listed<ExportView>, Refusal> {
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

/// Which entry to redact, and why.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedactionRequest {
    /// The index of the entry.
    pub entry: u64,
    /// Why; it stays on record, so it must not repeat what is to be destroyed.
    pub reason: String,
}

/// A redaction.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedactionView {
    #[schemars(with = "IdText<RedactionId>")]
    pub redaction: RedactionId,
    pub entry: u64,
    #[schemars(with = "String")]
    pub subject: Subject,
    pub reason: String,
    #[schemars(with = "IdText<PersonId>")]
    pub requested_by: PersonId,
    #[schemars(with = "TimeText")]
    pub requested_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<IdText<PersonId>>")]
    pub confirmed_by: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<TimeText>")]
    pub confirmed_at: Option<Time>,
}

impl From<Redaction> for RedactionView {
    fn from(redaction: Redaction) -> Self {
        Self {
            redaction: redaction.redaction,
            entry: redaction.entry,
            subject: redaction.subject,
            reason: redaction.reason,
            requested_by: redaction.requested_by,
            requested_at: redaction.requested_at,
            confirmed_by: redaction.confirmed.map(|(person, _)| person),
            confirmed_at: redaction.confirmed.map(|(_, time)| time),
        }
    }
}

/// A redaction that was carried out, and what it could not reach.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedactedView {
    pub redaction: RedactionView,
    /// Packages made before that may hold what was destroyed; ask for their destruction where they are.
    pub exports: Vec<ExportView>,
    /// What is left to do, one line each.
    pub left: Vec<String>,
}

fn redactions(call: &Call<'_, Page>) -> Result<Listed<RedactionView>, Refusal> {
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

/// How deep to examine.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationQuery {
    /// Whether every table is compared with what the entries make of it, which takes longer.
    #[serde(default)]
    pub rebuild: bool,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckView {
    pub name: String,
    /// `right`, `wrong` or `note`.
    pub result: String,
    pub lines: Vec<String>,
}

/// What an examination found.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationView {
    /// Whether nothing is wrong.
    pub is_sound: bool,
    pub checks: Vec<CheckView>,
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
