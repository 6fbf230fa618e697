//! The approvals as files that `ssh-keygen -Y verify` of any OpenSSH checks, without anything of ours.

use std::collections::BTreeSet;

use basis::{PersonId, Time};
use formats::sshsig::SshSignature;
use ledger::Hash;
use ledger::package::{Approval, Decision};

use super::{Chosen, Pages};

const FOLDER: &str = "readable/approvals";

/// The path of a decision's files, without the ending.
pub(super) fn stem(decision: &Chosen) -> String {
    let entry = &decision.entry;
    format!(
        "{FOLDER}/{}-{}-entry-{}",
        entry.subject, entry.actor, decision.index
    )
}

/// Whether a decision was signed with a passkey, in a browser.
pub(super) fn is_by_passkey(decision: &Chosen) -> bool {
    SshSignature::parse_armored(decision.text("signature")).is_ok_and(|signature| signature.is_by_passkey())
}

/// Whether the signed message can be written: decision and submission are in the package and readable.
pub(super) fn message(pages: &Pages<'_>, decision: &Chosen) -> Option<String> {
    let person: PersonId = decision.text("person").parse().ok()?;
    let (revision, digest) = (decision.number("revision")?, decision.text("digest"));
    let submission = pages.chosen.iter().find(|chosen| {
        chosen.is("changes.submitted")
            && chosen.index < decision.index
            && chosen.entry.subject == decision.entry.subject
            && chosen.number("revision") == Some(revision)
            && chosen.text("digest") == digest
    })?;
    let approval = Approval {
        origin: pages.origin,
        change: &decision.entry.subject,
        revision,
        digest: Hash::from_hex(digest)?,
        decision: Decision::named(decision.text("decision"))?,
        capacity: decision.text("capacity"),
        person,
        signed_at: Time::parse(decision.text("signed_at")).ok()?,
        comment: decision.text("comment"),
    };
    Some(approval.message(submission.text("text")))
}

pub(super) fn files(pages: &Pages<'_>) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut signers = BTreeSet::new();
    let mut commands = String::new();
    for decision in pages.chosen.iter().filter(|chosen| chosen.is("changes.decided")) {
        let Some(message) = message(pages, decision) else {
            continue;
        };
        let Some(enrolment) = pages.enrolment(decision.text("key_id")) else {
            continue;
        };
        let person = decision.entry.actor;
        signers.insert(format!(
            "{person} namespaces=\"{}\" {}\n",
            Approval::NAMESPACE,
            enrolment.text("key")
        ));
        let stem = stem(decision);
        let name = stem.rsplit('/').next().unwrap_or(&stem);
        if is_by_passkey(decision) {
            commands.push_str("# signed with a passkey, which takes OpenSSH 8.4 or later to check:\n");
        }
        commands.push_str(&format!(
            "ssh-keygen -Y verify -f allowed_signers -I {person} -n {} -s {name}.sig < {name}.msg\n",
            Approval::NAMESPACE
        ));
        files.push((format!("{stem}.msg"), message.into_bytes()));
        files.push((
            format!("{stem}.sig"),
            decision.text("signature").as_bytes().to_vec(),
        ));
    }
    if !signers.is_empty() {
        let signers: String = signers.into_iter().collect();
        files.push((format!("{FOLDER}/allowed_signers"), signers.into_bytes()));
        let help = format!(
            "Each approval is a message and its signature by a person's own key. OpenSSH checks them, in this folder:\n\n\
             {commands}\nThat these keys belong to these people is recorded in the entries people.key_enrolled.\n"
        );
        files.push((format!("{FOLDER}/how-to-check.txt"), help.into_bytes()));
    }
    files
}
