//! What other rooms know of a change, gathered for the rules and for the canonical text.

use std::collections::BTreeSet;

use assets::AssetId;
use basis::{Class, PersonId, Refusal, Subject};
use findings::FindingId;
use policy::{AssetFacts, ChangeFacts, ChangeType, Kind, Policy};
use storage::{By, StorageError, Tx, View};

use crate::rules::{Asked, Change, ChangeId, Look, Named, State};

/// What the policy looks at of a change. An asset of which other things are known now than when the change was submitted is
/// there twice, as it was and as it is, so that whatever one of the two demands holds: nobody takes a signature, a backup or
/// evidence away from what was approved by writing something else into the register.
pub fn facts(view: &View<'_>, change: &Change) -> Result<ChangeFacts, Refusal> {
    let mut assets = Vec::with_capacity(change.parts.assets.len());
    for asset in &change.parts.assets {
        assets.push(asset_of(view, asset)?.facts());
    }
    let as_submitted = change.submission.iter().flat_map(|submission| &submission.assets);
    let differing: Vec<AssetFacts> = as_submitted
        .filter(|asset| !assets.contains(asset))
        .cloned()
        .collect();
    assets.extend(differing);
    Ok(ChangeFacts {
        change: change.id.into(),
        revision: change.revision,
        change_type: change.parts.change_type,
        assets,
        requester: change.requester,
        authors: change.authors.clone(),
        executors: change.parts.executors.clone(),
    })
}

fn unknown(what: &Subject) -> Refusal {
    Refusal::new(Class::NotFound, "changes", format!("there is no {what}"))
        .way_out("name things that are registered: `tagout asset list`, `tagout finding list`")
}

pub(super) fn asset_of(view: &View<'_>, subject: &Subject) -> Result<assets::Asset, Refusal> {
    let id: AssetId = subject.as_id().ok_or_else(|| unknown(subject))?;
    assets::find(view, id)?.ok_or_else(|| unknown(subject))
}

pub(super) fn finding_of(view: &View<'_>, subject: &Subject) -> Result<findings::Finding, Refusal> {
    let id: FindingId = subject.as_id().ok_or_else(|| unknown(subject))?;
    findings::find(view, id)?.ok_or_else(|| unknown(subject))
}

fn person(view: &View<'_>, id: PersonId) -> Result<Named, Refusal> {
    let person = people::find(view, id)?.ok_or_else(|| unknown(&id.into()))?;
    Ok(Named {
        id: id.to_string(),
        words: person.name,
    })
}

/// Everything that the canonical text says besides the parts.
pub(super) fn asked(
    view: &View<'_>,
    origin: &str,
    change: &Change,
    facts: &ChangeFacts,
    policy: &Policy,
) -> Result<Asked, Refusal> {
    let mut assets = Vec::new();
    for asset in &change.parts.assets {
        let known = asset_of(view, asset)?;
        let of = known.facts();
        let words = format!(
            "{} (holds {}; criticality {}; {}; {})",
            known.name(),
            match of.classification.name() {
                "none" => "neither CUI nor FCI".to_owned(),
                other => other.to_uppercase(),
            },
            of.criticality,
            of.exposure.name().replace('_', " "),
            of.environment
        );
        assets.push(Named {
            id: asset.to_string(),
            words,
        });
    }
    let mut found = Vec::new();
    for finding in &change.parts.findings {
        let known = finding_of(view, finding)?;
        found.push(Named {
            id: finding.to_string(),
            words: format!("{} on {} ({})", known.vulnerability, known.asset, known.location),
        });
    }
    let each = |ids: &mut dyn Iterator<Item = PersonId>| -> Result<Vec<Named>, Refusal> {
        ids.map(|id| person(view, id)).collect()
    };
    let others: BTreeSet<PersonId> = change
        .authors
        .iter()
        .copied()
        .filter(|id| *id != change.requester)
        .collect();
    Ok(Asked {
        origin: origin.to_owned(),
        change: change.id,
        revision: change.revision,
        requester: person(view, change.requester)?,
        authors: each(&mut others.into_iter())?,
        assets,
        findings: found,
        executors: each(&mut change.parts.executors.iter().copied())?,
        evidence: evidence_needed(policy, facts),
        policy_version: policy.version,
        look: None,
        worked: Vec::new(),
        work_began_at: None,
    })
}

/// The same for the retrospective that `requester` records.
pub(super) fn asked_back(
    view: &View<'_>,
    mut asked: Asked,
    change: &Change,
    requester: PersonId,
    look: &Look,
) -> Result<Asked, Refusal> {
    asked.revision = change.revision_last + 1;
    asked.authors = vec![asked.requester];
    asked.requester = person(view, requester)?;
    asked.look = Some((look.justification.clone(), look.findings.clone()));
    asked.worked = change
        .worked
        .iter()
        .map(|id| person(view, *id))
        .collect::<Result<_, _>>()?;
    asked.work_began_at = change.work_began_at;
    Ok(asked)
}

/// The lines of evidence that the policy asks for before such a change may close.
fn evidence_needed(policy: &Policy, facts: &ChangeFacts) -> Vec<String> {
    let mut lines = Vec::new();
    for rule in policy.rules().iter().filter(|rule| rule.when.matches(facts)) {
        let Kind::EvidenceForClosure(needed) = &rule.kind else {
            continue;
        };
        for asset in facts.assets.iter().filter(|asset| rule.when.matches_asset(asset)) {
            let kinds: Vec<String> = needed
                .per_asset
                .iter()
                .map(|kind| kind.name().replace('_', " "))
                .collect();
            if !kinds.is_empty() {
                lines.push(format!(
                    "{}: {} (paragraph {})",
                    asset.asset,
                    kinds.join(", "),
                    rule.id
                ));
            }
        }
        for kind in &needed.per_change {
            lines.push(format!(
                "{} (paragraph {})",
                kind.name().replace('_', " "),
                rule.id
            ));
        }
    }
    lines
}

/// Whether the change is an approved one that asks to adopt exactly the policy document with this SHA-256, and may do so
/// now: approvals that count, and nothing over yet.
pub(super) fn adoption(view: &View<'_>, id: ChangeId, digest: &str) -> Result<Change, Refusal> {
    let change = super::existing(view, id)?;
    let refused = |what: String| Refusal::new(Class::Policy, "adoption of a policy", what);
    if change
        .parts
        .policy_draft
        .as_ref()
        .is_none_or(|draft| draft.digest != digest)
    {
        return Err(
            refused(format!("{id} does not ask to adopt exactly this policy document"))
                .missing("an approved change that holds the document, byte for byte")
                .way_out(format!(
                    "put it there and have it approved: `tagout change edit {id} --policy-draft FILE`"
                )),
        );
    }
    let policy = policy::current(view)?;
    if let Some(refusal) = policy
        .is_approved(&facts(view, &change)?, &change.approvals())
        .refusal()
    {
        return Err(refusal);
    }
    if change.state != State::Scheduled {
        let what = format!("{id} is {} and not scheduled", change.state.in_words());
        return Err(Refusal::new(Class::Conflict, "adoption of a policy", what)
            .way_out(format!("see what comes next: `tagout change missing {id}`")));
    }
    Ok(change)
}

/// Whether such a change takes the path of emergencies.
pub(super) fn is_emergency(change: &Change) -> bool {
    change.parts.change_type == ChangeType::Emergency
}

/// Ties the findings that the change is for to it, so that lists show what is being mended.
pub(super) fn tie_findings(tx: &mut Tx<'_>, by: &By, change: &Change) -> Result<(), StorageError> {
    let ids: Vec<FindingId> = change.parts.findings.iter().filter_map(Subject::as_id).collect();
    findings::mark_ticketed(tx, by, &ids, change.id.into())
}
