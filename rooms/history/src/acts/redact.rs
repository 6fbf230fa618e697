//! Destroying what was spilled into the record: one person asks, another confirms.

use basis::{Actor, Class, Refusal};
use changes::{ChangeId, State};
use evidence::EvidenceId;
use ledger::events::Events;
use storage::{Organisation, View};

use super::Redact;
use super::browse::remains_of;
use crate::rules::{
    Export, Fact, NOTE, Redaction, RedactionConfirmed, RedactionId, RedactionRequested, may_confirm,
    may_request, may_spare,
};
use crate::store;

/// How many earlier exports an answer names.
const EXPORTS_NAMED_MAX: u64 = 100;

/// A redaction that was carried out, and what it could not reach.
#[derive(Debug, Clone)]
pub struct Redacted {
    /// The redaction.
    pub redaction: Redaction,
    /// Packages that were made while the payload was there and may hold it; the newest first.
    pub exports: Vec<Export>,
    /// What is left to do, one line each.
    pub left: Vec<String>,
}

fn fact_at(view: &View<'_>, index: u64) -> Result<(Fact, u64), Refusal> {
    let record = view.ledger_record(index)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "redaction", format!("there is no entry {index}"))
            .way_out("`tagout history list` shows entries with their indexes")
    })?;
    let entry = record.parse()?;
    let remains = remains_of(&record, &entry)?;
    Ok((Fact::of(index, &entry, &remains), entry.type_version))
}

/// The change that the entry belongs to, and how that stands at this moment.
fn change_of(view: &View<'_>, fact: &Fact) -> Result<Option<(ChangeId, State)>, Refusal> {
    let mut belongs = std::iter::once(&fact.subject).chain(&fact.tied);
    let Some(id) = belongs.find_map(|subject| subject.as_id::<ChangeId>()) else {
        return Ok(None);
    };
    Ok(changes::find(view, id)?.map(|change| (id, change.state)))
}

/// Asks that the payload of the entry at `index` be destroyed. Nothing is destroyed before a second person confirms.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, `Invalid` without a reason, or `Conflict` when it cannot be destroyed.
pub fn request_redaction(
    organisation: &Organisation,
    actor: &Actor,
    index: u64,
    reason: &str,
) -> Result<Redaction, Refusal> {
    let mut tx = organisation.begin("history.request_redaction")?;
    let redaction = store::next_redaction_id(&tx.view())?;
    let policy = policy::current(&tx.view())?;
    actor.may::<Redact>(redaction, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    people::check_in_person(actor, within, organisation.now(), "asking for a redaction")?;
    let (fact, version) = fact_at(&tx.view(), index)?;
    may_request(
        &fact,
        organisation.has_free_text(&fact.event_type, version)?,
        reason,
    )?;
    may_spare(&fact, change_of(&tx.view(), &fact)?)?;
    let requested = RedactionRequested {
        redaction,
        entry: index,
        of: fact.subject,
        reason: reason.trim().to_owned(),
    };
    tx.record(actor, Events::one(requested))?;
    let redaction = the_redaction(&tx.view(), redaction)?;
    tx.commit()?;
    Ok(redaction)
}

fn the_redaction(view: &View<'_>, id: RedactionId) -> Result<Redaction, Refusal> {
    store::redaction(view, id)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "redaction", format!("there is no {id}"))
            .way_out("`tagout history redactions` lists them")
    })
}

/// Confirms a redaction as the second person: the free text and the salt are destroyed, the tables made anew, files
/// destroyed, and the database cleaned of remains. Confirming again finishes what was cut off.
///
/// # Errors
/// A refusal of class `NotFound`, `Forbidden`, or `Conflict` for the person who asked.
pub fn confirm_redaction(
    organisation: &Organisation,
    actor: &Actor,
    id: RedactionId,
) -> Result<Redacted, Refusal> {
    let mut tx = organisation.begin("history.redact")?;
    let redaction = the_redaction(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    actor.may::<Redact>(id, policy.authority())?;
    let within = policy.sign_in_terms().step_up;
    people::check_in_person(actor, within, organisation.now(), "destroying what was recorded")?;
    may_confirm(&redaction, actor.person)?;
    let (fact, _) = fact_at(&tx.view(), redaction.entry)?;
    if redaction.confirmed.is_none() {
        may_spare(&fact, change_of(&tx.view(), &fact)?)?;
        if store::is_redacted(&tx.view(), redaction.entry)? {
            let what = format!("entry {} was redacted by another request", redaction.entry);
            return Err(Refusal::new(Class::Conflict, "redaction", what)
                .way_out("`tagout history redactions` shows which"));
        }
        let confirmed = RedactionConfirmed {
            redaction: id,
            entry: redaction.entry,
            of: redaction.subject.clone(),
            requested_by: redaction.requested_by,
        };
        tx.record(actor, Events::one(confirmed))?;
        tx.blank_payload(redaction.entry, NOTE)?;
    }
    let redaction = the_redaction(&tx.view(), id)?;
    let exports = store::exports_after(&tx.view(), redaction.entry, EXPORTS_NAMED_MAX)?;
    tx.commit()?;
    let left = finish(organisation, actor, &fact, id);
    Ok(Redacted {
        redaction,
        exports,
        left,
    })
}

/// Destroys the entry's file and what the database keeps of the old text. What fails is told, not undone: the redaction
/// is recorded, and confirming it again tries once more.
fn finish(organisation: &Organisation, actor: &Actor, fact: &Fact, id: RedactionId) -> Vec<String> {
    let mut left = Vec::new();
    if fact.is("evidence.added")
        && let Some(evidence) = fact.subject.as_id::<EvidenceId>()
        && let Err(refusal) = evidence::destroy(organisation, actor, evidence, &format!("{id} redacts it"))
        && refusal.class != Class::Conflict
    {
        left.push(format!("the file of {evidence} is still there: {}", refusal.what));
    }
    if let Err(error) = organisation.scrub() {
        left.push(format!(
            "remains may stand in free pages of the database: {}",
            error.refusal().what
        ));
    }
    if !left.is_empty() {
        left.push(format!("run `tagout history confirm {id}` again"));
    }
    left
}
