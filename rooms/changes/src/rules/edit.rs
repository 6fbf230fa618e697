//! Editing a change: whatever was approved before is approved no longer.

use basis::{Authority, Class, Refusal};
use ledger::events::Events;

use super::Edit;
use super::change::Change;
use super::events::Edited;
use super::parts::{Parts, PlanRef};
use super::state::{Move, State};

/// Makes the change ask for `parts`. In a draft the revision goes on; after submission a new revision begins and every
/// decision on the one before falls. An edit that changes nothing is refused, so that no approval falls by accident.
pub fn edit(
    _: &Authority<Edit>,
    change: &Change,
    mut parts: Parts,
    reason: Option<String>,
) -> Result<Events, Refusal> {
    if change.parts.assets != parts.assets && change.parts.plan == parts.plan {
        // The plan names machines one by one; for other machines it is another plan.
        parts.plan = None;
    }
    revise(change, parts, reason)
}

/// Gives the change the plan that was made for it. A plan is part of what is approved.
pub fn attach_plan(change: &Change, plan: PlanRef) -> Result<Events, Refusal> {
    let mut parts = change.parts.clone();
    parts.plan = Some(plan);
    if parts == change.parts {
        return Ok(Events::none());
    }
    revise(change, parts, Some("a plan was made".to_owned()))
}

fn revise(change: &Change, parts: Parts, reason: Option<String>) -> Result<Events, Refusal> {
    Move::Edit.check(change.id, change.state)?;
    parts.check()?;
    if parts.change_type != change.parts.change_type {
        let what = format!(
            "{} was opened as {} and stays that",
            change.id, change.parts.change_type
        );
        return Err(
            Refusal::new(Class::Conflict, "change type", what).way_out("cancel it and open another one")
        );
    }
    let changed = differing(&change.parts, &parts);
    if changed.is_empty() {
        let what = format!("the edit of {} changes nothing", change.id);
        return Err(Refusal::new(Class::Invalid, "edit", what)
            .way_out("give the part to change, such as `--test-plan FILE`"));
    }
    let voids_decisions = change.state != State::Draft;
    Ok(Events::one(Edited {
        change: change.id,
        revision: if voids_decisions {
            change.revision_last + 1
        } else {
            change.revision
        },
        parts,
        changed,
        voids_decisions,
        reason,
    }))
}

fn differing(before: &Parts, after: &Parts) -> Vec<String> {
    let texts = before.texts().into_iter().zip(after.texts());
    let mut names: Vec<&str> = texts
        .filter(|((_, before), (_, after))| before != after)
        .map(|((part, _), _)| part.name())
        .collect();
    let others = [
        ("title", before.title != after.title),
        ("assets", before.assets != after.assets),
        ("findings", before.findings != after.findings),
        ("window", before.window != after.window),
        ("executors", before.executors != after.executors),
        ("checklist", before.checklist != after.checklist),
        ("plan", before.plan != after.plan),
        ("policy_draft", before.policy_draft != after.policy_draft),
    ];
    names.extend(
        others
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(name, _)| name),
    );
    names.into_iter().map(str::to_owned).collect()
}
