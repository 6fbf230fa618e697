//! `tagout history …`: browsing, signed heads, redactions, the examination.

use basis::Refusal;
use frame::terminal::{Command, Context, Table};
use frame::{Listed, Method, Nothing};

use crate::api::{
    CheckView, EntriesQuery, EntryView, ExportView, ProvenEntry, RedactedView, RedactionRequest,
    RedactionView, SignedHead, VerificationView, VerifierKeyView,
};
use crate::rules::RedactionId;

/// Reads the record, has its head signed, and has spilled text destroyed.
#[derive(Debug, clap::Subcommand)]
pub enum HistoryCommand {
    /// Lists entries.
    List {
        /// Only those about this, such as CHG-0001.
        #[arg(long)]
        about: Option<String>,
        /// Only those of this type, such as changes.decided, or of a room, such as changes.
        #[arg(long = "type")]
        event_type: Option<String>,
        /// Only those behind this index.
        #[arg(long)]
        after: Option<u64>,
        /// How many at most, 1 to 500.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Shows one entry with its payload and its proof.
    Show {
        /// Its index.
        index: u64,
    },
    /// Prints the key that packages and checkpoints are verified with.
    Key,
    /// Has the head of the ledger signed and prints it, for you to keep.
    Checkpoint,
    /// Lists the packages that were made.
    Exports,
    /// Lists redactions.
    Redactions,
    /// Asks that the free text and the file of an entry be destroyed; a second person confirms.
    Redact {
        /// The index of the entry.
        entry: u64,
        /// Why. It stays on record: do not repeat what is to be destroyed.
        #[arg(long)]
        reason: String,
    },
    /// Confirms a redaction as the second person.
    Confirm {
        /// Which.
        redaction: RedactionId,
    },
    /// Examines the record now.
    Verify {
        /// Also compare every table with what the entries make of it.
        #[arg(long)]
        rebuild: bool,
    },
}

impl Command for HistoryCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        let client = &context.client;
        match self {
            HistoryCommand::List {
                about,
                event_type,
                after,
                limit,
            } => {
                let query = EntriesQuery {
                    after: after.map(|index| index.to_string()),
                    limit,
                    subject: about,
                    event_type,
                };
                let listed: Listed<EntryView> =
                    client.get(&format!("/history/entries{}", text_of(&query)))?;
                context.output.show(&listed, entries);
            }
            HistoryCommand::Show { index } => {
                let proven: ProvenEntry = client.get(&format!("/history/entries/{index}"))?;
                context.output.show(&proven, entry);
            }
            HistoryCommand::Key => {
                let key: VerifierKeyView = client.get("/history/key")?;
                context.output.show(&key, |key| key.key.clone());
            }
            HistoryCommand::Checkpoint => {
                let head: SignedHead = client.send(Method::Post, "/history/checkpoints", &Nothing)?;
                context.output.show(&head, |head| head.checkpoint.clone());
            }
            HistoryCommand::Exports => {
                let listed: Listed<ExportView> = client.get("/history/exports?limit=500")?;
                context.output.show(&listed, |listed| exports(&listed.items));
            }
            HistoryCommand::Redactions => {
                let listed: Listed<RedactionView> = client.get("/history/redactions?limit=500")?;
                context.output.show(&listed, redactions);
            }
            HistoryCommand::Redact { entry, reason } => {
                let request = RedactionRequest { entry, reason };
                let made: RedactionView = client.send(Method::Post, "/history/redactions", &request)?;
                context.output.show(&made, |made| {
                    format!(
                        "{} waits for a second person: tagout history confirm {}",
                        made.redaction, made.redaction
                    )
                });
            }
            HistoryCommand::Confirm { redaction } => {
                let path = format!("/history/redactions/{redaction}/confirmation");
                let redacted: RedactedView = client.send(Method::Post, &path, &Nothing)?;
                context.output.show(&redacted, confirmed);
            }
            HistoryCommand::Verify { rebuild } => {
                let found: VerificationView =
                    client.get(&format!("/history/verification?rebuild={rebuild}"))?;
                context.output.show(&found, |found| {
                    let verdict = if found.is_sound {
                        "nothing is wrong"
                    } else {
                        "something is WRONG"
                    };
                    let lines: Vec<String> = found.checks.iter().map(check).collect();
                    format!("{}\n{verdict}", lines.join("\n"))
                });
            }
        }
        Ok(())
    }
}

fn text_of(query: &EntriesQuery) -> String {
    let limit = query.limit.map(|limit| limit.to_string());
    let pairs = [
        ("after", &query.after),
        ("limit", &limit),
        ("subject", &query.subject),
        ("type", &query.event_type),
    ];
    let encoded = pairs.into_iter().filter_map(|(name, value)| {
        let value: String = value
            .as_ref()?
            .bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        Some(format!("{name}={value}"))
    });
    let encoded: Vec<String> = encoded.collect();
    if encoded.is_empty() {
        String::new()
    } else {
        format!("?{}", encoded.join("&"))
    }
}

fn entries(listed: &Listed<EntryView>) -> String {
    let mut table = Table::new(["ENTRY", "TIME", "WHO", "WHAT", "ABOUT", "PAYLOAD"]);
    for entry in &listed.items {
        table.push([
            entry.index.to_string(),
            entry.time.to_minutes(),
            entry.actor.to_string(),
            entry.event_type.clone(),
            entry.subject.to_string(),
            entry.standing.clone(),
        ]);
    }
    match &listed.next {
        Some(next) => format!("{}more: --after {next}\n", table.text()),
        None => table.text(),
    }
}

fn entry(proven: &ProvenEntry) -> String {
    let payload = match &proven.entry.payload {
        Some(payload) => serde_json::to_string_pretty(payload).unwrap_or_default(),
        None => "sealed".to_owned(),
    };
    format!(
        "entry {} of {}\n{}\npayload ({}):\n{payload}\nproof of {} hashes leads to root {}",
        proven.entry.index,
        proven.size,
        proven.leaf,
        proven.entry.standing,
        proven.path.len(),
        proven.root
    )
}

fn exports(items: &[ExportView]) -> String {
    let mut table = Table::new(["EXPORT", "ABOUT", "MADE", "BY", "ENTRIES", "FILES"]);
    for export in items {
        table.push([
            export.export.to_string(),
            export.about.clone(),
            export.exported_at.to_minutes(),
            export.exported_by.to_string(),
            export.entries.to_string(),
            export.evidence_files.to_string(),
        ]);
    }
    table.text()
}

fn redactions(listed: &Listed<RedactionView>) -> String {
    let mut table = Table::new(["REDACTION", "ENTRY", "ABOUT", "REQUESTED", "CONFIRMED", "REASON"]);
    for redaction in &listed.items {
        let confirmed = redaction.confirmed_at.zip(redaction.confirmed_by);
        table.push([
            redaction.redaction.to_string(),
            redaction.entry.to_string(),
            redaction.subject.to_string(),
            format!(
                "{} by {}",
                redaction.requested_at.to_minutes(),
                redaction.requested_by
            ),
            confirmed.map_or("waits".to_owned(), |(at, by)| {
                format!("{} by {by}", at.to_minutes())
            }),
            redaction.reason.clone(),
        ]);
    }
    table.text()
}

fn confirmed(redacted: &RedactedView) -> String {
    let mut text = format!(
        "{}: the text of entry {} is destroyed; its proof stays valid\n",
        redacted.redaction.redaction, redacted.redaction.entry
    );
    if !redacted.exports.is_empty() {
        text.push_str("packages made before may still hold it; ask for them where they are:\n");
        text.push_str(&exports(&redacted.exports));
    }
    text.push_str("backups made before hold it until they are replaced\n");
    for line in &redacted.left {
        text.push_str(&format!("left to do: {line}\n"));
    }
    text
}

fn check(check: &CheckView) -> String {
    format!("{}: {}: {}", check.result, check.name, check.lines.join("; "))
}
