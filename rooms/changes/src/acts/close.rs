//! Closes a change.

use basis::{Actor, Refusal, Time};
use policy::{CloseFacts, FindingFacts, Rescan, Retrospective};
use storage::{By, Organisation, View};

use super::existing;
use super::facts::{facts, finding_of};
use crate::rules::{self, Change, ChangeId, Close};

/// Everything that the policy looks at before a change may close.
pub(super) fn close_facts(view: &View<'_>, change: &Change, now: Time) -> Result<CloseFacts, Refusal> {
    let evidence = evidence::about(view, &change.id.into())?;
    let mut findings = Vec::with_capacity(change.parts.findings.len());
    for subject in &change.parts.findings {
        let finding = finding_of(view, subject)?;
        let since = change.work_began_at.unwrap_or(now);
        let rescan = match findings::rescan_of(view, finding.id, since)? {
            Rescan::StillThere => accepted(change, subject).unwrap_or(Rescan::StillThere),
            other => other,
        };
        findings.push(FindingFacts {
            finding: subject.clone(),
            asset: finding.asset.into(),
            rescan,
        });
    }
    Ok(CloseFacts {
        change: facts(view, change)?,
        approvals: change.approvals_as_given(),
        worked: change.worked.clone(),
        verifier: change.verifier,
        evidence: evidence.iter().map(|evidence| evidence.facts()).collect(),
        verified: change.verified.clone(),
        findings,
        work_began_at: change.work_began_at,
        retrospective: match &change.retrospect {
            None => Retrospective::NotHeld,
            Some(look) => Retrospective::Held {
                at: look.held_at,
                authors: look.authors.clone(),
                approvals: change.retrospective_approvals(),
            },
        },
        now,
    })
}

fn accepted(change: &Change, finding: &basis::Subject) -> Option<Rescan> {
    let accepted = change
        .accepted_findings
        .iter()
        .find(|(subject, _)| subject == finding);
    accepted.map(|(_, by)| Rescan::StillThereAccepted { by: *by })
}

/// Closes the change, if everything that the policy asks for is there.
pub fn close(
    organisation: &Organisation,
    actor: &Actor,
    id: ChangeId,
    resolution: &str,
    lessons: Option<String>,
) -> Result<Change, Refusal> {
    let mut tx = organisation.begin("changes.close")?;
    let change = existing(&tx.view(), id)?;
    let policy = policy::current(&tx.view())?;
    let authority = actor.may::<Close>(id, policy.authority())?;
    let facts = close_facts(&tx.view(), &change, organisation.now())?;
    let verdict = policy.may_close(&facts);
    let events = rules::close(&authority, &change, &verdict, resolution.to_owned(), lessons)?;
    tx.record(actor, events)?;
    findings::release(&mut tx, &By::from(actor), &id.into())?;
    let change = existing(&tx.view(), id)?;
    tx.commit()?;
    Ok(change)
}
