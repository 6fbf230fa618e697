//! The routes of evidence: parse, call an act, show.

use std::fs::File;

use basis::{Actor, Class, PersonId, Refusal, Subject, Time};
use frame::{Call, Content, Download, IdText, Listed, Method, Nothing, Paging, Routes, TimeText};
use policy::EvidenceKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::Organisation;

use crate::acts::{self, NewEvidence};
use crate::pages;
use crate::rules::{Evidence, EvidenceId, EvidenceName, MediaType, Opening, OpeningId, Standing};

/// The largest file that is taken: what one piece of evidence may hold.
pub(crate) const UPLOAD_BYTES_MAX: u64 = 4_000_000_000;

pub(crate) fn routes() -> Routes {
    Routes::room("evidence")
        .read("/evidence", "evidence.read", "Lists evidence", list)
        .upload(
            "/evidence",
            "evidence.add",
            "Adds a file as evidence",
            add,
            UPLOAD_BYTES_MAX,
        )
        .read(
            "/evidence/{evidence}",
            "evidence.read",
            "Shows evidence and who looked at it",
            show,
        )
        .act(
            Method::Post,
            "/evidence/{evidence}/finalisation",
            "evidence.add",
            "Declares a draft final",
            finalise,
        )
        .act(
            Method::Post,
            "/evidence/{evidence}/openings",
            "evidence.read",
            "Opens evidence, which is recorded",
            open,
        )
        .download(
            "/evidence/{evidence}/openings/{opening}/content",
            "evidence.read",
            "Fetches the content of opened evidence",
            content,
        )
        .act(
            Method::Post,
            "/evidence/{evidence}/destruction",
            "evidence.destroy",
            "Destroys the content",
            destroy,
        )
        .page(
            "/evidence",
            "evidence.read",
            "Shows evidence, the newest first",
            pages::show_list,
        )
        .file(
            "/evidence.csv",
            "evidence.read",
            "Gives the list of evidence as CSV",
            pages::list_file,
        )
        .page(
            "/evidence/new",
            "evidence.add",
            "Shows the form that adds a file as evidence",
            pages::show_new,
        )
        .file_form(
            "/evidence",
            "evidence.add",
            "Adds a file as evidence",
            (pages::show_new, pages::add_file),
            UPLOAD_BYTES_MAX,
        )
        .page(
            "/evidence/{evidence}",
            "evidence.read",
            "Shows evidence and who looked at it",
            pages::show_evidence,
        )
        .form(
            "/evidence/{evidence}/finalisation",
            "evidence.add",
            "Declares a draft final",
            pages::show_evidence,
            pages::declare_final,
        )
        .form(
            "/evidence/{evidence}/openings",
            "evidence.read",
            "Opens evidence, which is recorded, and leads to its content",
            pages::show_evidence,
            pages::open_evidence,
        )
        .file(
            "/evidence/{evidence}/openings/{opening}/content",
            "evidence.read",
            "Gives the content of opened evidence",
            content,
        )
}

/// Evidence, as people see it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceView {
    #[schemars(with = "IdText<EvidenceId>")]
    pub evidence: EvidenceId,
    /// The name of the file.
    pub name: String,
    pub media_type: String,
    /// What it shows.
    pub kind: String,
    /// Size of the content in bytes.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: String,
    /// The ids of what it is about.
    pub about: Vec<String>,
    /// The assessment objectives that it serves.
    pub objectives: Vec<String>,
    #[schemars(with = "TimeText")]
    pub taken_at: Time,
    #[schemars(with = "IdText<PersonId>")]
    pub added_by: PersonId,
    #[schemars(with = "TimeText")]
    pub added_at: Time,
    /// `draft`, `final` or `destroyed`.
    pub standing: String,
    /// Who destroyed the content, when and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destruction: Option<DestructionView>,
}

/// The end of a content.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DestructionView {
    #[schemars(with = "IdText<PersonId>")]
    pub by: PersonId,
    #[schemars(with = "TimeText")]
    pub at: Time,
    pub reason: String,
}

impl From<Evidence> for EvidenceView {
    fn from(evidence: Evidence) -> Self {
        Self {
            evidence: evidence.id,
            name: evidence.name.as_str().to_owned(),
            media_type: evidence.media_type.name().to_owned(),
            kind: evidence.kind.name().to_owned(),
            size: evidence.blob.clear_size,
            sha256: evidence.content_sha256().to_string(),
            about: evidence.about.iter().map(Subject::to_string).collect(),
            objectives: evidence.objectives,
            taken_at: evidence.taken_at,
            added_by: evidence.added_by,
            added_at: evidence.added_at,
            standing: evidence.standing.name().to_owned(),
            destruction: match evidence.standing {
                Standing::Destroyed { by, at, reason } => Some(DestructionView { by, at, reason }),
                Standing::Draft | Standing::Final => None,
            },
        }
    }
}

/// One time that somebody opened it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningView {
    #[schemars(with = "IdText<OpeningId>")]
    pub opening: OpeningId,
    #[schemars(with = "IdText<EvidenceId>")]
    pub evidence: EvidenceId,
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    #[schemars(with = "TimeText")]
    pub at: Time,
}

impl From<Opening> for OpeningView {
    fn from(opening: Opening) -> Self {
        Self {
            opening: opening.id,
            evidence: opening.evidence,
            person: opening.person,
            at: opening.at,
        }
    }
}

/// Evidence and who looked at its content.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceWithOpenings {
    pub evidence: EvidenceView,
    /// The last 500 times, latest first.
    pub openings: Vec<OpeningView>,
}

/// Which evidence to list.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// The id of what it is about.
    pub about: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// How many at most, 1 to 500.
    pub limit: Option<u32>,
}

fn list(call: &Call<'_, ListQuery>) -> Result<Listed<EvidenceView>, Refusal> {
    let page = Paging {
        after: call.query.after.clone(),
        limit: call.query.limit,
    };
    let (size, after) = (page.size()?, page.after::<EvidenceId>()?);
    let about = call.query.about.as_deref().map(subject).transpose()?;
    let rows = acts::show_list(
        call.organisation(),
        call.actor,
        about.as_ref(),
        after,
        u64::from(size) + 1,
    )?;
    let listed = Listed::cut(rows, size, |evidence| evidence.id.to_string());
    Ok(Listed {
        items: listed.items.into_iter().map(EvidenceView::from).collect(),
        next: listed.next,
    })
}

pub(crate) fn subject(text: &str) -> Result<Subject, Refusal> {
    Subject::parse(text).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Refusal::new(Class::Invalid, "evidence", format!("`{shown}` is not an id"))
            .way_out("write it like `CHG-0001` or `AST-0001`")
    })
}

/// What is known about the file that is sent.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddQuery {
    /// The name of the file.
    pub name: String,
    /// What it shows, such as `test_result` or `document`.
    pub kind: String,
    /// The ids of what it is about, with commas between them.
    pub about: String,
    /// The media type; told from the ending of the name when it is left out.
    pub media_type: Option<String>,
    /// The assessment objectives that it serves, with commas between them.
    pub objectives: Option<String>,
    /// Whether it is in final form; a draft proves nothing.
    pub is_final: bool,
    /// When what it shows was true; now when it is left out.
    #[schemars(with = "Option<TimeText>")]
    pub taken_at: Option<Time>,
}

fn add(call: &Call<'_, AddQuery>, file: &mut File) -> Result<EvidenceView, Refusal> {
    take(call.organisation(), call.actor, &call.query, file).map(EvidenceView::from)
}

/// Adds the file that was sent, as it is described.
pub(crate) fn take(
    organisation: &Organisation,
    actor: &Actor,
    query: &AddQuery,
    file: &mut File,
) -> Result<Evidence, Refusal> {
    let name = EvidenceName::parse(&query.name)?;
    let media_type = match query.media_type.as_deref() {
        None => MediaType::of_file_name(&query.name),
        Some(named) => known(
            "media type",
            named,
            MediaType::named,
            MediaType::ALL,
            |media_type| media_type.name(),
        )?,
    };
    let kind = known(
        "kind of evidence",
        &query.kind,
        EvidenceKind::named,
        EvidenceKind::ALL,
        |kind| kind.name(),
    )?;
    let about = listed(&query.about)
        .map(subject)
        .collect::<Result<Vec<Subject>, Refusal>>()?;
    let objectives = query.objectives.as_deref().unwrap_or_default();
    let objectives = listed(objectives).map(str::to_owned).collect();
    // The vault takes the file first; without the record that names it, it counts for nothing.
    let blob = organisation.store_blob(file)?;
    let stored = blob.sha256;
    let new = NewEvidence {
        name,
        media_type,
        kind,
        blob,
        about,
        objectives,
        is_final: query.is_final,
        taken_at: query.taken_at.unwrap_or_else(|| organisation.now()),
    };
    acts::add(organisation, actor, new).inspect_err(|refusal| {
        // What was refused is not kept; if this fails as well, `tagout doctor` finds the file. After a fault nobody
        // knows whether the record reached the disk, so its file stays.
        if refusal.class != Class::Fault {
            let _ = organisation.destroy_blob(&stored);
        }
    })
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

pub(crate) fn known<W: Copy>(
    what: &str,
    word: &str,
    named: impl Fn(&str) -> Option<W>,
    all: &[W],
    name: impl Fn(W) -> &'static str,
) -> Result<W, Refusal> {
    named(word).ok_or_else(|| {
        let shown: String = word.chars().take(60).collect();
        let names: Vec<&str> = all.iter().map(|value| name(*value)).collect();
        Refusal::new(Class::Invalid, "evidence", format!("`{shown}` is no {what}"))
            .way_out(format!("write one of {}", names.join(", ")))
    })
}

fn show(call: &Call<'_>) -> Result<EvidenceWithOpenings, Refusal> {
    let (evidence, openings) = acts::show(call.organisation(), call.actor, call.id("evidence")?)?;
    Ok(EvidenceWithOpenings {
        evidence: evidence.into(),
        openings: openings.into_iter().map(OpeningView::from).collect(),
    })
}

fn finalise(call: &Call<'_, Nothing, Nothing>) -> Result<EvidenceView, Refusal> {
    acts::finalise(call.organisation(), call.actor, call.id("evidence")?).map(EvidenceView::from)
}

fn open(call: &Call<'_, Nothing, Nothing>) -> Result<OpeningView, Refusal> {
    acts::open(call.organisation(), call.actor, call.id("evidence")?).map(OpeningView::from)
}

fn content(call: &Call<'_>) -> Result<Download, Refusal> {
    let (id, opening) = (call.id("evidence")?, call.id("opening")?);
    let (evidence, file) = acts::opened_content(call.organisation(), call.actor, id, opening)?;
    Ok(Download {
        name: evidence.name.as_str().to_owned(),
        media_type: evidence.media_type.name().to_owned(),
        content: Content::File(file),
    })
}

/// Why the content has to go.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DestroyRequest {
    pub reason: String,
}

fn destroy(call: &Call<'_, Nothing, DestroyRequest>) -> Result<EvidenceView, Refusal> {
    let id = call.id("evidence")?;
    acts::destroy(call.organisation(), call.actor, id, &call.body.reason).map(EvidenceView::from)
}
