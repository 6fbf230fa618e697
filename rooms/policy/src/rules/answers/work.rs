//! May a permit be issued, and may this person do this to this asset now?

use std::collections::BTreeSet;

use basis::{Role, Span, Subject, Verdict};

use super::separate::Case;
use super::{Answer, Gaps, approve};
use crate::rules::clock::clock_gap;
use crate::rules::document::Policy;
use crate::rules::kinds::{BackupBefore, Emergency, Kind, Permit};
use crate::rules::questions::{ChangeFacts, IssueFacts, PermitFacts, WorkFacts};
use crate::rules::ways_out;
use crate::rules::words::{ChangeType, PermitState};

impl Policy {
    /// Says whether a permit as asked for may be issued.
    pub fn may_issue(&self, facts: &IssueFacts) -> Verdict {
        let change = &facts.change;
        let mut answer = Answer::to(self, format!("may a permit be issued under {}", change.change));
        approve::say_approved(&mut answer, &Case::before_work(self, change, &facts.approvals));
        for rule in self.applying(change) {
            if let Kind::Permit(terms) = &rule.kind {
                answer.say(rule, issue_gaps(terms, facts));
            }
        }
        answer.verdict()
    }

    /// Says whether the person may do this to the asset at this moment. This is the gate: it asks for the approvals
    /// again, so that a permit never outlives what it rests on.
    pub fn may_work(&self, facts: &WorkFacts) -> Verdict {
        let change = &facts.change;
        let question = format!(
            "may {} {} {} under {}",
            facts.person,
            facts.action.name().replace('_', " "),
            facts.asset,
            change.change
        );
        let mut answer = Answer::to(self, question);
        approve::say_approved(&mut answer, &Case::before_work(self, change, &facts.approvals));
        for rule in self.applying(change) {
            match &rule.kind {
                Kind::Permit(terms) => answer.say(rule, permit_gaps(terms, facts)),
                Kind::BackupBefore(backup) => {
                    let mut known = change.assets.iter().filter(|asset| asset.asset == facts.asset);
                    let applies = known.any(|asset| rule.when.matches_asset(asset));
                    if applies && backup.actions.contains(&facts.action) {
                        answer.say(rule, backup_gaps(backup, facts));
                    }
                }
                Kind::Emergency(emergency) if change.change_type == ChangeType::Emergency => {
                    answer.say(rule, told_gaps(emergency, &facts.told));
                }
                _ => {}
            }
        }
        answer.verdict()
    }
}

fn issue_gaps(terms: &Permit, facts: &IssueFacts) -> Gaps {
    let mut gaps = Gaps::default();
    let permit = &facts.permit;
    add_clock(&mut gaps, facts.clock_behind);
    if permit.window.until <= permit.window.from || permit.window.until <= facts.now {
        gaps.add("an end that is still to come", "ask for a permit that ends later");
    }
    if permit.window.from < facts.window.from || facts.window.until < permit.window.until {
        gaps.add(
            format!(
                "a time inside the window of {}, {} to {}",
                facts.change.change,
                facts.window.from.to_minutes(),
                facts.window.until.to_minutes()
            ),
            "ask for a permit inside the window, or let the change be scheduled again",
        );
    }
    if permit.window.until.since(permit.window.from) > terms.longest.span() {
        gaps.add(
            format!("a length of at most {}", terms.longest),
            "ask for a shorter permit, and for another one later",
        );
    }
    if permit.people.is_empty() {
        gaps.add(
            "the people it is for",
            "name at least one of the people who carry out the change",
        );
    }
    if permit.assets.is_empty() {
        gaps.add("the assets it is for", "name at least one asset of the change");
    }
    if permit.actions.is_empty() {
        gaps.add("the actions it allows", "name at least one action");
    }
    add_outsiders(&mut gaps, &facts.change, permit, terms);
    gaps
}

/// Whether a window is open says only a clock that is right.
fn add_clock(gaps: &mut Gaps, clock_behind: Option<Span>) {
    if let Some((missing, way_out)) = clock_gap(clock_behind) {
        gaps.add(missing, way_out);
    }
}

/// A permit can only narrow what the change names.
fn add_outsiders(gaps: &mut Gaps, change: &ChangeFacts, permit: &PermitFacts, terms: &Permit) {
    for person in permit
        .people
        .iter()
        .filter(|person| !change.executors.contains(person))
    {
        gaps.add(
            format!("{person} among the people who carry out {}", change.change),
            "leave that person out, or edit the change and have it approved again",
        );
    }
    for asset in permit.assets.iter().filter(|asset| !has_asset(change, asset)) {
        gaps.add(
            format!("{asset} among the assets of {}", change.change),
            "leave that asset out, or edit the change and have it approved again",
        );
    }
    for action in permit
        .actions
        .iter()
        .filter(|action| !terms.actions.contains(action))
    {
        gaps.add(
            format!("{action} among the actions that a permit may allow"),
            "leave that action out",
        );
    }
}

fn has_asset(change: &ChangeFacts, asset: &Subject) -> bool {
    change.assets.iter().any(|of_change| of_change.asset == *asset)
}

fn permit_gaps(terms: &Permit, facts: &WorkFacts) -> Gaps {
    let mut gaps = Gaps::default();
    let change = &facts.change.change;
    add_clock(&mut gaps, facts.clock_behind);
    match facts.window {
        None => gaps.add(
            format!("a window for {change}"),
            ways_out::schedule(change, "have the change scheduled"),
        ),
        Some(window) if !window.contains(facts.now) => gaps.add(
            format!(
                "an open window: it is {} to {}, and now it is {}",
                window.from.to_minutes(),
                window.until.to_minutes(),
                facts.now.to_minutes()
            ),
            if facts.now < window.from {
                "wait until the window opens".to_owned()
            } else {
                ways_out::schedule(change, "have the change scheduled again")
            },
        ),
        Some(_) => {}
    }
    match &facts.permit {
        None => gaps.add("a permit", ways_out::issue_permit(change)),
        Some(permit) => add_permit_gaps(&mut gaps, terms, permit, facts),
    }
    if !facts.change.executors.contains(&facts.person) {
        gaps.add(
            format!("{} among the people who carry out {change}", facts.person),
            "let somebody do it who is named in the change",
        );
    }
    if !has_asset(&facts.change, &facts.asset) {
        gaps.add(
            format!("{} among the assets of {change}", facts.asset),
            "open a change for that asset: `tagout change open`",
        );
    }
    gaps
}

fn add_permit_gaps(gaps: &mut Gaps, terms: &Permit, permit: &PermitFacts, facts: &WorkFacts) {
    let change = &facts.change.change;
    let another = ways_out::issue_permit(change);
    if permit.revision != facts.change.revision {
        gaps.add(
            format!(
                "a permit under revision {} of {change}; this one was issued under another, {}",
                facts.change.revision, permit.revision
            ),
            another.clone(),
        );
    }
    match permit.state {
        PermitState::Issued | PermitState::Active => {}
        PermitState::Suspended => gaps.add(
            "a permit in force; this one is suspended",
            "ask the person who suspended it, or a supervisor",
        ),
        ended @ (PermitState::HandedBack | PermitState::Expired | PermitState::Revoked) => {
            let ended = ended.name().replace('_', " ");
            gaps.add(format!("a permit in force; this one is {ended}"), another.clone());
        }
    }
    if !permit.window.contains(facts.now) {
        gaps.add(
            format!(
                "a permit for this moment; this one is for {} to {}",
                permit.window.from.to_minutes(),
                permit.window.until.to_minutes()
            ),
            match facts.now < permit.window.from {
                true => "wait until the permit begins".to_owned(),
                false => another.clone(),
            },
        );
    }
    if permit.window.until.since(permit.window.from) > terms.longest.span() {
        gaps.add(format!("a permit of at most {}", terms.longest), another.clone());
    }
    if !permit.people.contains(&facts.person) {
        gaps.add(format!("{} on the permit", facts.person), another.clone());
    }
    if !permit.assets.contains(&facts.asset) {
        gaps.add(format!("{} on the permit", facts.asset), another.clone());
    }
    if !permit.actions.contains(&facts.action) || !terms.actions.contains(&facts.action) {
        let allowed: Vec<&str> = permit.actions.iter().map(|action| action.name()).collect();
        gaps.add(
            format!(
                "{} on the permit, which allows {}",
                facts.action,
                allowed.join(", ")
            ),
            another,
        );
    }
}

fn backup_gaps(backup: &BackupBefore, facts: &WorkFacts) -> Gaps {
    let mut gaps = Gaps::default();
    let oldest = facts.now - backup.oldest.span();
    let is_there = facts.evidence.iter().any(|evidence| {
        backup.any_of.contains(&evidence.kind)
            && evidence.assets.contains(&facts.asset)
            && evidence.is_final
            && oldest <= evidence.taken_at
            && evidence.taken_at <= facts.now
    });
    if !is_there {
        let kinds: Vec<&str> = backup.any_of.iter().map(|kind| kind.name()).collect();
        gaps.missing.push(format!(
            "a {} of {} not older than {}",
            kinds.join(" or "),
            facts.asset,
            backup.oldest
        ));
        for kind in &backup.any_of {
            gaps.way_out
                .push(ways_out::add_evidence(&facts.change.change, &facts.asset, *kind));
        }
    }
    gaps
}

fn told_gaps(emergency: &Emergency, told: &BTreeSet<Role>) -> Gaps {
    let mut gaps = Gaps::default();
    for role in emergency.told.iter().filter(|role| !told.contains(role)) {
        gaps.add(
            format!("word of the emergency to a person with the role {role}"),
            ways_out::grant_role(*role),
        );
    }
    gaps
}
