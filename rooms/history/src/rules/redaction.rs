//! Destroying what was spilled into the record: who may, and what can be destroyed.

use basis::{Class, PersonId, Refusal, Subject, Time};
use changes::{ChangeId, State};

use super::RedactionId;
use super::facts::Fact;

/// What stands in the place of free text that was destroyed.
pub(crate) const NOTE: &str = "[redacted]";

/// A redaction, from its request on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Its id.
    pub redaction: RedactionId,
    /// The index of the entry.
    pub entry: u64,
    /// What that entry is about.
    pub subject: Subject,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub requested_by: PersonId,
    /// When.
    pub requested_at: Time,
    /// Who confirmed it and when; none while it waits for a second person.
    pub confirmed: Option<(PersonId, Time)>,
}

/// Whether the payload of this entry can be destroyed at all.
///
/// # Errors
/// A refusal when there is nothing to destroy, or when the record would no longer verify without it.
pub(crate) fn may_request(fact: &Fact, has_free_text: bool, reason: &str) -> Result<(), Refusal> {
    let refused = |what: String| Refusal::new(Class::Conflict, "redaction", what);
    let entry = format!("entry {} ({})", fact.index, fact.event_type);
    if reason.trim().is_empty() {
        return Err(
            Refusal::new(Class::Invalid, "redaction", "a redaction needs a reason")
                .way_out("say why with `--reason`, without repeating what is to be destroyed"),
        );
    }
    if fact.is_sealed {
        return Err(refused(format!(
            "{entry} holds a credential, which never leaves the organisation"
        ))
        .way_out("revoke the credential instead"));
    }
    if fact.is_blanked {
        return Err(
            refused(format!("{entry} was redacted before")).way_out("`tagout history redactions` shows when")
        );
    }
    if fact.is("history.redacted") {
        return Err(refused(format!(
            "{entry} says what was redacted; without it nothing before it verifies"
        ))
        .way_out("it holds no free text"));
    }
    if fact.is("evidence.destroyed") {
        return Err(refused(format!(
            "{entry} says where a file went; without it no package of that file verifies"
        ))
        .way_out("redact the entry that added the file; its name goes with it"));
    }
    if !has_free_text && fact.blob.is_none() {
        return Err(refused(format!(
            "{entry} holds no free text and no file, so there is nothing to destroy"
        ))
        .way_out("look for the entry that holds it with `tagout history list`"));
    }
    Ok(())
}

/// Whether the payload can be spared: what is under decision, or work goes by, stays as it was signed. `change` is the
/// change that the entry itself names, and how it stands; what runs and permits add in passing rests on nothing. A file may go at any time: closure asks for it again.
///
/// # Errors
/// A refusal while the change is under decision or its work is not over.
pub(crate) fn may_spare(fact: &Fact, change: Option<(ChangeId, State)>) -> Result<(), Refusal> {
    let needed = change.filter(|(_, state)| match state {
        State::Draft | State::Disapproved | State::Closed | State::Cancelled => false,
        State::Submitted
        | State::Approved
        | State::Scheduled
        | State::InProgress
        | State::Verifying
        | State::RolledBack
        | State::Failed => !fact.is("evidence.added"),
    });
    let Some((change, state)) = needed else {
        return Ok(());
    };
    let what = format!(
        "entry {} ({}) belongs to {change}, which is {}",
        fact.index,
        fact.event_type,
        state.in_words()
    );
    Err(Refusal::new(Class::Conflict, "redaction", what)
        .missing("the end of the change: until then its approvals and its work rest on these very words")
        .way_out(format!(
            "close it first: `tagout change close {change} --resolution TEXT`"
        ))
        .way_out(format!(
            "or, before work began, cancel it: `tagout change cancel {change} --reason TEXT`"
        )))
}

/// Whether this person may confirm.
///
/// # Errors
/// A refusal when they asked for it themselves: destroying records takes two people.
pub(crate) fn may_confirm(redaction: &Redaction, person: PersonId) -> Result<(), Refusal> {
    if redaction.requested_by == person {
        let what = format!(
            "{person} asked for {} and cannot confirm it as well",
            redaction.redaction
        );
        return Err(Refusal::new(Class::Conflict, "two people", what)
            .missing("the confirmation of a second person")
            .way_out(format!(
                "ask another person to run `tagout history confirm {}`",
                redaction.redaction
            )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;
    use ledger::entry::EventId;

    fn fact(event_type: &str) -> Fact {
        Fact {
            index: 7,
            id: EventId::new(Time::from_ms(0), [0; 16]),
            cause: None,
            actor: PersonId::from_number(1),
            subject: Subject::parse("CHG-0001").unwrap(),
            event_type: event_type.to_owned(),
            time: Time::from_ms(0),
            is_sealed: false,
            is_blanked: false,
            blob: None,
            tied: Default::default(),
            named: Default::default(),
            policy_version: None,
            redacts: None,
            clear: None,
        }
    }

    #[test]
    fn the_words_of_a_change_stay_while_it_is_decided_on_or_worked_under() {
        let change = ChangeId::from_number(1);
        for state in State::ALL {
            let is_free = matches!(
                state,
                State::Draft | State::Disapproved | State::Closed | State::Cancelled
            );
            let answer = may_spare(&fact("changes.submitted"), Some((change, state)));
            assert_eq!(answer.is_ok(), is_free, "{state}");
            assert!(may_spare(&fact("evidence.added"), Some((change, state))).is_ok());
        }
        assert!(may_spare(&fact("changes.submitted"), None).is_ok());
        let refusal = may_spare(&fact("changes.submitted"), Some((change, State::InProgress))).unwrap_err();
        assert!(
            !refusal.missing.is_empty() && refusal.way_out.len() == 2,
            "{refusal}"
        );
    }
}
