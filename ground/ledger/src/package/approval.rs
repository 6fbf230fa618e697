//! What a person signs when they decide about a change (§5.3).

use basis::{PersonId, Subject, Time};

use crate::Hash;

/// The namespace of the SSH signature (OpenSSH PROTOCOL.sshsig) over an approval.
pub const NAMESPACE: &str = "tagout-approval";

/// Which way a decision goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The change may be made.
    Approve,
    /// It may not.
    Disapprove,
}

impl Decision {
    /// The word for it in payloads and in the signed message.
    pub fn name(self) -> &'static str {
        match self {
            Decision::Approve => "approve",
            Decision::Disapprove => "disapprove",
        }
    }

    /// The decision of this word.
    pub fn named(name: &str) -> Option<Self> {
        [Decision::Approve, Decision::Disapprove]
            .into_iter()
            .find(|decision| decision.name() == name)
    }
}

/// The signed decision of one person about one revision of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval<'a> {
    /// The ledger.
    pub origin: &'a str,
    /// The change.
    pub change: &'a Subject,
    /// The revision of its request.
    pub revision: u64,
    /// SHA-256 of the text of the request.
    pub digest: Hash,
    /// Which way it goes.
    pub decision: Decision,
    /// As what the person decides, without control characters.
    pub capacity: &'a str,
    /// Who decides.
    pub person: PersonId,
    /// When they say they decided.
    pub signed_at: Time,
    /// What they add; empty when nothing.
    pub comment: &'a str,
}

impl Approval<'_> {
    /// The namespace that the signature must have.
    pub const NAMESPACE: &'static str = NAMESPACE;

    /// The message that is signed: the decision line by line, an empty line, the text of the request.
    pub fn message(&self, text: &str) -> String {
        let comment = self.comment.replace('\\', "\\\\").replace('\n', "\\n");
        let lines = [
            "tagout approval 1".to_owned(),
            format!("origin: {}", self.origin),
            format!("change: {}", self.change),
            format!("revision: {}", self.revision),
            format!("digest: sha256:{}", self.digest),
            format!("decision: {}", self.decision.name()),
            format!("capacity: {}", self.capacity),
            format!("person: {}", self.person),
            format!("time: {}", self.signed_at),
            format!("comment: {comment}"),
        ];
        format!("{}\n\n{text}", lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;

    #[test]
    fn the_message_is_as_the_format_shows_it() {
        let change = Subject::parse("CHG-0001").unwrap();
        let approval = Approval {
            origin: "tagout.example/acme",
            change: &change,
            revision: 2,
            digest: Hash::of(b"text\n"),
            decision: Decision::Disapprove,
            capacity: "system owner",
            person: PersonId::from_number(3),
            signed_at: Time::parse("2026-11-22T18:00:00Z").unwrap(),
            comment: "first\nsecond \\ third",
        };
        let expected = "tagout approval 1\n\
            origin: tagout.example/acme\n\
            change: CHG-0001\n\
            revision: 2\n\
            digest: sha256:b9e68e1bea3e5b19ca6b2f98b73a54b73daafaa250484902e09982e07a12e733\n\
            decision: disapprove\n\
            capacity: system owner\n\
            person: PER-0003\n\
            time: 2026-11-22T18:00:00.000Z\n\
            comment: first\\nsecond \\\\ third\n\
            \n\
            text\n";
        assert_eq!(approval.message("text\n"), expected);
        assert_eq!(
            Approval {
                comment: "",
                ..approval
            }
            .message("")
            .lines()
            .nth(9),
            Some("comment: ")
        );
    }
}
