//! Deciding by signature: fetch the text, show it, check it, sign it here, send the signature.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use basis::{Class, Refusal, Time};
use clap::Args;
use frame::Method;
use frame::terminal::{Context, plain};
use ledger::Hash;

use super::{parts, say};
use crate::api::{ChangeView, DecideRequest, SigningText, decision_named, role_named};
use crate::rules::{Message, NAMESPACE};

/// What a person says to a change, and with which key
#[derive(Debug, Args)]
pub struct DecideArgs {
    /// The change's id
    change: String,
    /// The private key, or the public half of one that an agent or security key holds
    #[arg(long, value_name = "FILE", required_unless_present = "signature")]
    key: Option<PathBuf>,
    /// The role in which you decide; needed only where you could decide in several
    #[arg(long = "as", value_name = "ROLE")]
    capacity: Option<String>,
    /// Words that are signed along
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Sign without asking again
    #[arg(long)]
    yes: bool,
    /// A signature made elsewhere over the text of `tagout change text --decision`; with `--message`
    #[arg(long, value_name = "FILE", requires = "message", conflicts_with_all = ["key", "capacity", "comment"])]
    signature: Option<PathBuf>,
    /// The message that was signed elsewhere
    #[arg(long, value_name = "FILE", requires = "signature")]
    message: Option<PathBuf>,
}

impl DecideArgs {
    pub(super) fn decide(self, context: &Context, decision: &str) -> Result<(), Refusal> {
        let request = match (&self.signature, &self.message) {
            (Some(signature), Some(message)) => {
                made_elsewhere(&parts::read(message)?, parts::read(signature)?, decision)?
            }
            _ => self.sign(context, decision)?,
        };
        let path = format!("/changes/{}/decisions", self.change);
        let change: ChangeView = context.client.send(Method::Post, &path, &request)?;
        context.output.show(&change, say::change);
        Ok(())
    }

    fn sign(&self, context: &Context, decision: &str) -> Result<DecideRequest, Refusal> {
        let (capacity, comment) = (self.capacity.as_deref(), self.comment.as_deref());
        let to_sign = fetch(context, &self.change, decision, capacity, comment)?;
        show(&to_sign.message);
        if !self.yes {
            confirm(&to_sign)?;
        }
        let key = self.key.clone().unwrap_or_default();
        let signature = people::sign_with_ssh_keygen(&key, NAMESPACE, &to_sign.message)?;
        Ok(DecideRequest {
            revision: to_sign.revision,
            digest: to_sign.digest,
            decision: to_sign.decision,
            capacity: to_sign.capacity,
            signed_at: to_sign.signed_at,
            comment: Some(to_sign.comment).filter(|comment| !comment.is_empty()),
            signature,
        })
    }
}

/// Fetches the message and makes it anew from its parts: a server that shows one text and asks to sign another is caught.
pub(super) fn fetch(
    context: &Context,
    change: &str,
    decision: &str,
    capacity: Option<&str>,
    comment: Option<&str>,
) -> Result<SigningText, Refusal> {
    let mut path = format!(
        "/changes/{change}/signing-text?decision={}",
        percent_encoded(decision)
    );
    for (name, value) in [("capacity", capacity), ("comment", comment)] {
        if let Some(value) = value {
            path.push_str(&format!("&{name}={}", percent_encoded(value)));
        }
    }
    let to_sign: SigningText = context.client.get(&path)?;
    check(&to_sign, change, decision, comment.unwrap_or_default())?;
    Ok(to_sign)
}

fn check(to_sign: &SigningText, change: &str, decision: &str, comment: &str) -> Result<(), Refusal> {
    let message = Message {
        origin: &to_sign.origin,
        change: to_sign.change,
        revision: to_sign.revision,
        digest: &to_sign.digest,
        decision: decision_named(&to_sign.decision)?,
        capacity: role_named(&to_sign.capacity)?,
        person: to_sign.person,
        signed_at: to_sign.signed_at,
        comment: &to_sign.comment,
    };
    let is_right = to_sign.change.to_string() == change
        && to_sign.decision == decision
        && to_sign.comment == comment
        && Hash::of(to_sign.text.as_bytes()).to_string() == to_sign.digest
        && message.over(&to_sign.text) == to_sign.message;
    if is_right {
        return Ok(());
    }
    Err(Refusal::new(
        Class::Fault,
        "signing",
        "the message that the server gave is not made of the text and the decision that were asked for",
    )
    .way_out("sign nothing, and tell an administrator"))
}

/// Reads back from a message what it says, so that the request can repeat it.
fn made_elsewhere(message: &str, signature: String, decision: &str) -> Result<DecideRequest, Refusal> {
    let wrong = |what: &str| {
        Refusal::new(
            Class::Invalid,
            "message",
            format!("the message has no good line `{what}`"),
        )
        .way_out("give the file that `tagout change text --decision` wrote, unchanged")
    };
    let line = |name: &str| -> Result<&str, Refusal> {
        let head = message.split("\n\n").next().unwrap_or_default();
        let found = head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.ok_or_else(|| wrong(name))
    };
    if line("decision")? != decision {
        return Err(wrong(&format!("decision: {decision}")));
    }
    let comment = unescaped(line("comment").unwrap_or_default());
    Ok(DecideRequest {
        revision: line("revision")?.parse().map_err(|_| wrong("revision"))?,
        digest: line("digest")?.trim_start_matches("sha256:").to_owned(),
        decision: decision.to_owned(),
        capacity: line("capacity")?.to_owned(),
        signed_at: Time::parse(line("time")?).map_err(|_| wrong("time"))?,
        comment: Some(comment).filter(|comment| !comment.is_empty()),
        signature,
    })
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            (_, true) => match letters.next() {
                Some('n') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            (letter, false) => plain.push(letter),
        }
    }
    plain
}

/// Shows what will be signed, beside the answer and not in it.
fn show(message: &str) {
    // Nobody is left to read when standard error is closed; the question that follows then goes unanswered.
    let _ = writeln!(std::io::stderr().lock(), "{}", plain(message));
}

fn confirm(to_sign: &SigningText) -> Result<(), Refusal> {
    if !std::io::stdin().is_terminal() {
        return Ok(());
    }
    eprint!(
        "Sign this ({} as {})? Type yes: ",
        to_sign.decision, to_sign.capacity
    );
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == "yes" {
        return Ok(());
    }
    Err(Refusal::new(Class::Conflict, "signing", "nothing was signed")
        .way_out("type `yes` to sign, or give `--yes`"))
}

/// Prints the message and nothing more, not even a line end: these are the bytes to sign.
pub(super) fn print_exactly(message: &str) -> Result<(), Refusal> {
    let mut output = std::io::stdout().lock();
    output
        .write_all(message.as_bytes())
        .and_then(|()| output.flush())
        .map_err(|error| {
            Refusal::new(
                Class::Outside,
                "output",
                format!("the message was not written whole: {error}"),
            )
        })
}

pub(super) fn percent_encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{ChangeId, Decision};
    use basis::{Id, PersonId, Role};
    use proptest::prelude::*;

    fn signing_text(comment: &str, text: &str) -> SigningText {
        let digest = Hash::of(text.as_bytes()).to_string();
        let signed_at = Time::parse("2026-11-22T18:00:00Z").unwrap();
        let message = Message {
            origin: "example.org/firm",
            change: ChangeId::from_number(1),
            revision: 2,
            digest: &digest,
            decision: Decision::Approve,
            capacity: Role::Approver,
            person: PersonId::from_number(3),
            signed_at,
            comment,
        };
        SigningText {
            origin: "example.org/firm".to_owned(),
            change: ChangeId::from_number(1),
            revision: 2,
            digest: digest.clone(),
            decision: "approve".to_owned(),
            capacity: "approver".to_owned(),
            person: PersonId::from_number(3),
            signed_at,
            comment: comment.to_owned(),
            text: text.to_owned(),
            message: message.over(text),
        }
    }

    #[test]
    fn a_server_that_shows_one_text_and_asks_to_sign_another_is_caught() {
        let good = signing_text("", "Change request\n");
        assert_eq!(check(&good, "CHG-0001", "approve", ""), Ok(()));
        assert!(check(&good, "CHG-0002", "approve", "").is_err());
        assert!(check(&good, "CHG-0001", "disapprove", "").is_err());
        assert!(check(&good, "CHG-0001", "approve", "yes").is_err());
        let mut other = good.clone();
        other.text = "Another request\n".to_owned();
        assert!(check(&other, "CHG-0001", "approve", "").is_err());
        let mut other = good.clone();
        other.message = other.message.replace("revision: 2", "revision: 3");
        assert!(check(&other, "CHG-0001", "approve", "").is_err());
    }

    proptest! {
        #[test]
        fn a_message_signed_elsewhere_is_read_back(comment in "[^\\r\\x00-\\x08]{0,60}", text in ".{0,80}") {
            let to_sign = signing_text(&comment, &text);
            let request = made_elsewhere(&to_sign.message, "SIG".to_owned(), "approve").unwrap();
            prop_assert_eq!(request.comment.unwrap_or_default(), comment);
            prop_assert_eq!(request.digest, to_sign.digest);
            prop_assert_eq!((request.revision, request.signed_at), (2, to_sign.signed_at));
        }
    }
}
