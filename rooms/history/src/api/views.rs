//! The shapes in which the record travels: what is asked, what is answered.

use basis::{PersonId, Subject, Time};
use frame::{IdText, TimeText};
use ledger::canonical::Json;
use ledger::package::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::acts::Shown;
use crate::rules::{Export, ExportId, Redaction, RedactionId, Remains};

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

/// A signed head (C2SP checkpoint).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// The signed note; keep it as a file, every byte of it.
    pub checkpoint: String,
}

/// The organisation's public key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifierKeyView {
    /// The key in C2SP's spelling: name, key id, base64.
    pub key: String,
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
