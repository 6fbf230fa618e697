//! The message that a decision signs (docs/package-format.md section 5.3).

use std::fmt::Write;

use basis::{PersonId, Role, Time};

use super::ChangeId;
use super::words::Decision;

/// The purpose for which decisions are signed: `ssh-keygen -Y sign -n tagout-approval`.
pub const NAMESPACE: &str = "tagout-approval";

/// Everything that stands in front of the text in the signed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// The ledger's origin.
    pub origin: &'a str,
    /// Which change.
    pub change: ChangeId,
    /// Which revision.
    pub revision: u64,
    /// SHA-256 of the text, in hex.
    pub digest: &'a str,
    /// What is said.
    pub decision: Decision,
    /// In which role.
    pub capacity: Role,
    /// By whom.
    pub person: PersonId,
    /// When.
    pub signed_at: Time,
    /// Words of the person; empty when there are none.
    pub comment: &'a str,
}

impl Message<'_> {
    /// The message with the text it is about: the exact bytes to sign.
    pub fn over(&self, text: &str) -> String {
        let mut message = String::with_capacity(text.len() + 512);
        let comment = self.comment.replace('\\', "\\\\").replace('\n', "\\n");
        // Writing to a string cannot fail.
        let _ = write!(
            message,
            "tagout approval 1\norigin: {}\nchange: {}\nrevision: {}\ndigest: sha256:{}\ndecision: {}\n\
             capacity: {}\nperson: {}\ntime: {}\ncomment: {comment}\n\n{text}",
            self.origin,
            self.change,
            self.revision,
            self.digest,
            self.decision,
            self.capacity,
            self.person,
            self.signed_at,
        );
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;

    #[test]
    fn the_message_is_what_the_package_page_prescribes() {
        let message = Message {
            origin: "example.org/firm",
            change: ChangeId::from_number(7),
            revision: 2,
            digest: "ab",
            decision: Decision::Approve,
            capacity: Role::SystemOwner,
            person: PersonId::from_number(3),
            signed_at: Time::parse("2026-11-22T18:00:00Z").unwrap(),
            comment: "looks \\ right\nto me",
        };
        assert_eq!(
            message.over("the text\n"),
            "tagout approval 1\norigin: example.org/firm\nchange: CHG-0007\nrevision: 2\ndigest: sha256:ab\n\
             decision: approve\ncapacity: system_owner\nperson: PER-0003\ntime: 2026-11-22T18:00:00.000Z\n\
             comment: looks \\\\ right\\nto me\n\nthe text\n"
        );
    }
}
