//! Step 13: the decisions, each signed by a person's own key over the exact text (§5.3).

use basis::PersonId;

use super::keys::{Keys, Standing};
use super::payload::Payload;
use super::records::Record;
use super::submissions::{Submission, Submitted};
use crate::entry::Origin;
use crate::package::approval::{Approval, Decision};
use crate::package::{Code, Wrong};

const DECIDED: &str = "changes.decided";

/// How many decisions there were.
#[derive(Default)]
pub(super) struct Counts {
    pub checked: u64,
    pub not_checkable: u64,
}

/// Whether what a decision leans on is there.
enum Outcome {
    Checked,
    NotCheckable,
}

/// A decision whose payload has the right form.
struct Decided<'a> {
    approval: Approval<'a>,
    key_id: &'a str,
    signature: &'a str,
    has_alternative: bool,
}

pub(super) fn check(
    origin: &Origin,
    records: &[Record<'_>],
    keys: &Keys,
    submissions: &[Submission],
) -> Result<Counts, Wrong> {
    let mut counts = Counts::default();
    for record in records.iter().filter(|record| record.is(DECIDED)) {
        record.check_version(Code::Decisions)?;
        let Some(payload) = record.clear(Code::Decisions)? else {
            continue;
        };
        let decided = decided(origin, record, &payload)?;
        match check_one(record, &payload, &decided, keys, submissions)? {
            Outcome::Checked => counts.checked += 1,
            Outcome::NotCheckable => counts.not_checkable += 1,
        }
    }
    Ok(counts)
}

fn decided<'a>(
    origin: &'a Origin,
    record: &'a Record<'_>,
    payload: &'a Payload,
) -> Result<Decided<'a>, Wrong> {
    let decision = Decision::named(payload.text("decision")?);
    let person: PersonId = payload.person("person")?;
    let capacity = payload.text("capacity")?;
    let alternative = payload.optional_text("alternative")?;
    let approval = Approval {
        origin: origin.as_str(),
        change: &record.entry.subject,
        revision: payload.number("revision")?,
        digest: payload.hash("digest")?,
        decision: decision
            .ok_or_else(|| payload.wrong("`decision` is neither `approve` nor `disapprove`"))?,
        capacity,
        person,
        signed_at: payload.time("signed_at")?,
        comment: payload.optional_text("comment")?.unwrap_or(""),
    };
    if person != record.entry.actor {
        return Err(payload.wrong(format!(
            "`person` is {person} and the entry's actor {}",
            record.entry.actor
        )));
    }
    if capacity.bytes().any(|byte| byte < 0x20) {
        return Err(payload.wrong("`capacity` has a control character"));
    }
    if alternative == Some("") {
        return Err(payload.wrong("`alternative` is empty"));
    }
    Ok(Decided {
        approval,
        key_id: payload.key_id()?,
        signature: payload.text("signature")?,
        has_alternative: alternative.is_some(),
    })
}

fn check_one(
    record: &Record<'_>,
    payload: &Payload,
    decided: &Decided<'_>,
    keys: &Keys,
    submissions: &[Submission],
) -> Result<Outcome, Wrong> {
    let approval = &decided.approval;
    let earlier = || {
        let is_about = |other: &&Submission| other.index < record.index && other.subject == *approval.change;
        submissions.iter().filter(is_about)
    };
    let is_decided = |submitted: &&Submitted| {
        submitted.revision == approval.revision && submitted.digest == approval.digest
    };
    let Some(submitted) = earlier()
        .filter_map(|other| other.known.as_ref())
        .find(is_decided)
    else {
        return match earlier().any(|other| other.known.is_none()) {
            true => Ok(Outcome::NotCheckable),
            false => Err(payload.wrong("no submission of this revision and digest stands before it")),
        };
    };
    if submitted.requester == approval.person && !decided.has_alternative {
        return Err(payload.wrong(format!("{} decides about their own request", approval.person)));
    }
    match keys.standing(decided.key_id, approval.person, record.index) {
        Standing::NotCheckable => Ok(Outcome::NotCheckable),
        Standing::Bad(why) => Err(payload.wrong(format!("`{}`: {why}", decided.key_id))),
        Standing::Good(key) => {
            let message = approval.message(&submitted.text);
            let checked = key.check(decided.signature, message.as_bytes());
            checked
                .map(|()| Outcome::Checked)
                .map_err(|what| payload.wrong(what))
        }
    }
}
