//! Step 12: the texts that were submitted for decision (§5.2).

use basis::{PersonId, Subject};

use super::records::Record;
use crate::Hash;
use crate::package::{Code, Wrong};

const SUBMITTED: &str = "changes.submitted";

/// One submission.
pub(super) struct Submission {
    pub index: u64,
    pub subject: Subject,
    /// What was submitted; `None` where it is withheld.
    pub known: Option<Submitted>,
}

/// What was submitted.
pub(super) struct Submitted {
    pub revision: u64,
    pub requester: PersonId,
    pub digest: Hash,
    pub text: String,
}

pub(super) fn check(records: &[Record<'_>]) -> Result<Vec<Submission>, Wrong> {
    let mut submissions: Vec<Submission> = Vec::new();
    let mut pairs = std::collections::HashSet::new();
    for record in records.iter().filter(|record| record.is(SUBMITTED)) {
        record.check_version(Code::Submissions)?;
        let known = submitted(record)?;
        let subject = record.entry.subject.clone();
        if let Some(submitted) = &known
            && !pairs.insert((subject.clone(), submitted.revision))
        {
            let what = format!(
                "revision {} of {subject} was submitted before",
                submitted.revision
            );
            return Err(Wrong::new(Code::Submissions, record.place(), what));
        }
        submissions.push(Submission {
            index: record.index,
            subject,
            known,
        });
    }
    Ok(submissions)
}

fn submitted(record: &Record<'_>) -> Result<Option<Submitted>, Wrong> {
    let Some(payload) = record.clear(Code::Submissions)? else {
        return Ok(None);
    };
    let submitted = Submitted {
        revision: payload.number("revision")?,
        requester: payload.person("requester")?,
        digest: payload.hash("digest")?,
        text: payload.text("text")?.to_owned(),
    };
    if submitted.revision == 0 {
        return Err(payload.wrong("revisions count from 1"));
    }
    match Hash::of(submitted.text.as_bytes()) == submitted.digest {
        true => Ok(Some(submitted)),
        false => Err(payload.wrong("`digest` is not the hash of `text`")),
    }
}
