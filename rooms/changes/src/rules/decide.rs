//! Deciding on a change by signature.

use std::collections::BTreeSet;

use basis::{Authority, Class, PersonId, Refusal, Role, Span, Time};
use ledger::events::Events;
use policy::{ApprovalFacts, ChangeFacts, Kind, Policy};

use super::Decide;
use super::change::{Change, Retrospect, Submission};
use super::events::{Approved, DecisionMade};
use super::parts::check_text;
use super::renewal::check_renewal;
use super::state::{Move, State};
use super::words::{Decision, SubmissionKind};

/// How far the time in a signed message may lie from the moment at which it arrives, either way.
pub const CLOCK_SKEW_MAX: Span = Span::minutes(10);

/// A decision whose signature was verified against a key of the person. INVARIANT: made only after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDecision {
    /// Which revision the message names.
    pub revision: u64,
    /// The digest the message names, in hex.
    pub digest: String,
    /// What is said.
    pub decision: Decision,
    /// In which role.
    pub capacity: Role,
    /// The time the message names.
    pub signed_at: Time,
    /// Words of the person.
    pub comment: Option<String>,
    /// The enrolled key that signed.
    pub key_id: String,
    /// The armored signature.
    pub signature: String,
}

/// Why a person may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground<'a> {
    /// What is decided on.
    pub submission: &'a Submission,
    /// Request or retrospective.
    pub kind: SubmissionKind,
    /// The paragraph of the small-shop path that lets the person decide in spite of another duty in the change.
    pub alternative: Option<String>,
}

/// Finds what waits for decisions and whether `person`, who holds `roles`, may decide on it in `capacity`.
pub fn ground<'a>(
    policy: &Policy,
    change: &'a Change,
    facts: &ChangeFacts,
    person: PersonId,
    roles: &BTreeSet<Role>,
    capacity: Role,
) -> Result<Ground<'a>, Refusal> {
    let Some((kind, submission)) = change.under_decision() else {
        return Err(match Move::Approve.check(change.id, change.state) {
            Err(refusal) => refusal,
            Ok(()) => Refusal::new(
                Class::Conflict,
                "life of a change",
                format!("nothing of {} waits for a decision", change.id),
            ),
        });
    };
    if !roles.contains(&capacity) {
        let what = format!("{person} does not hold the role {capacity}");
        return Err(Refusal::new(Class::Forbidden, "capacity", what)
            .way_out("decide in a role that you hold: `--as ROLE`")
            .way_out(format!(
                "or ask an administrator to grant it: `tagout people roles {person} --roles ROLES --reason TEXT`"
            )));
    }
    let mut asked = facts.clone();
    if let Some(look) = &change.retrospect {
        asked.executors.extend(&change.worked);
        check_retrospective(policy, change, look, person, capacity)?;
    }
    let as_asked = match kind {
        SubmissionKind::Request => capacity,
        // Who may approve afterwards was checked above; of the expedited approval only the separation holds here.
        SubmissionKind::Retrospective => policy
            .capacities_asked_for(&asked)
            .into_iter()
            .next()
            .unwrap_or(capacity),
    };
    if let Some(refusal) = policy.may_decide(&asked, person, as_asked).refusal() {
        return Err(refusal);
    }
    Ok(Ground {
        submission,
        kind,
        alternative: policy.path_to_decide(&asked, person),
    })
}

fn check_retrospective(
    policy: &Policy,
    change: &Change,
    look: &Retrospect,
    person: PersonId,
    capacity: Role,
) -> Result<(), Refusal> {
    let asked: BTreeSet<Role> = policy
        .rules()
        .iter()
        .filter_map(|rule| match &rule.kind {
            Kind::Emergency(emergency) => Some(&emergency.approved_afterwards),
            _ => None,
        })
        .flatten()
        .map(|need| need.capacity)
        .collect();
    let refused = |what: String| Refusal::new(Class::Policy, "retrospective", what);
    if !asked.contains(&capacity) {
        let names: Vec<&str> = asked.iter().map(|role| role.name()).collect();
        return Err(refused(format!(
            "nobody is asked to decide on the retrospective of {} as {capacity}",
            change.id
        ))
        .way_out(format!("decide as {}", names.join(" or "))));
    }
    if look.authors.contains(&person) {
        return Err(refused(format!(
            "{person} recorded the retrospective of {} and may not decide on it",
            change.id
        ))
        .missing("a decision by somebody who recorded no version of it")
        .way_out("ask somebody who had no part in the work"));
    }
    Ok(())
}

/// Records a signed decision; with the last approval needed the change is approved.
pub fn decide(
    authority: &Authority<Decide>,
    policy: &Policy,
    change: &Change,
    facts: &ChangeFacts,
    ground: &Ground<'_>,
    signed: SignedDecision,
    now: Time,
) -> Result<Events, Refusal> {
    let person = authority.person();
    check_move(change, ground.kind, signed.decision)?;
    let approval = ApprovalFacts {
        person,
        capacity: signed.capacity,
        at: signed.signed_at,
        fallen: None,
    };
    check_renewal(policy, change, facts, ground.kind, &approval)?;
    check_fits(change, ground.submission, &signed, now)?;
    check_comment(&signed)?;
    check_new(change, person, &signed)?;
    let is_approval = signed.decision == Decision::Approve;
    let mut events = Events::one(DecisionMade {
        change: change.id,
        revision: signed.revision,
        digest: signed.digest,
        decision: signed.decision,
        person,
        capacity: signed.capacity,
        signed_at: signed.signed_at,
        key_id: signed.key_id,
        signature: signed.signature,
        comment: signed.comment.filter(|comment| !comment.is_empty()),
        alternative: ground.alternative.clone(),
        kind: ground.kind,
    });
    if is_approval && ground.kind == SubmissionKind::Request && change.state == State::Submitted {
        let mut approvals = change.approvals();
        approvals.push(approval);
        let verdict = policy.is_approved(facts, &approvals);
        if verdict.is_yes() {
            events.push(Approved {
                change: change.id,
                revision: change.revision,
                policy_version: verdict.policy_version,
                paragraphs: verdict.paragraphs(),
            });
        }
    }
    Ok(events)
}

fn check_move(change: &Change, kind: SubmissionKind, decision: Decision) -> Result<(), Refusal> {
    let step = match (kind, decision) {
        (SubmissionKind::Retrospective, _) => Move::Retrospect,
        (SubmissionKind::Request, Decision::Approve) => Move::Approve,
        (SubmissionKind::Request, Decision::Disapprove) => Move::Disapprove,
    };
    step.check(change.id, change.state)
}

fn check_fits(
    change: &Change,
    submission: &Submission,
    signed: &SignedDecision,
    now: Time,
) -> Result<(), Refusal> {
    if (signed.revision, &signed.digest) != (submission.revision, &submission.digest) {
        let what = format!(
            "the signature is over revision {} of {}; revision {} is under decision",
            signed.revision, change.id, submission.revision
        );
        return Err(
            Refusal::new(Class::Conflict, "approved text", what).way_out(format!(
                "read the text as it is now: `tagout change text {}`",
                change.id
            )),
        );
    }
    let skew = signed.signed_at.since(now).as_ms().abs();
    if skew > CLOCK_SKEW_MAX.as_ms() || signed.signed_at < submission.at {
        let what = format!(
            "the signature names the time {}, now is {now}, and the text was submitted at {}",
            signed.signed_at, submission.at
        );
        return Err(Refusal::new(Class::Invalid, "time of signature", what)
            .missing(format!(
                "a time after the submission and at most {CLOCK_SKEW_MAX} away from now"
            ))
            .way_out("fetch the text to sign again and sign it at once"));
    }
    Ok(())
}

fn check_comment(signed: &SignedDecision) -> Result<(), Refusal> {
    match (signed.decision, signed.comment.as_deref()) {
        (Decision::Disapprove, comment) => check_text(
            "comment that says why the change is disapproved",
            comment.unwrap_or_default(),
        ),
        (Decision::Approve, Some(comment)) if !comment.is_empty() => check_text("comment", comment),
        (Decision::Approve, _) => Ok(()),
    }
}

/// A vote is never edited; the same vote twice says nothing new.
fn check_new(change: &Change, person: PersonId, signed: &SignedDecision) -> Result<(), Refusal> {
    let last = change.decisions.iter().rev().find(|decided| {
        decided.revision == signed.revision
            && decided.person == person
            && decided.capacity == signed.capacity
            && decided.voided.is_none()
            && decided.fallen.is_none()
    });
    if last.is_some_and(|last| last.decision == signed.decision) {
        let what = format!(
            "{person} has already said {} to revision {} of {} as {}",
            signed.decision, signed.revision, change.id, signed.capacity
        );
        return Err(
            Refusal::new(Class::Conflict, "one vote each", what).way_out(format!(
                "see who is still asked: `tagout change missing {}`",
                change.id
            )),
        );
    }
    Ok(())
}
