//! The commands `tagout policy …`. Checking a document needs no server.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use basis::{Class, Refusal};
use frame::Listed;
use frame::terminal::{Command, Context, Table};
use serde::Serialize;

use crate::acts::covering;
use crate::api::{PolicyView, VersionView};
use crate::rules::{DEFAULT_POLICY, DOCUMENT_BYTES_MAX, Policy, diff};

/// Reads the policy, checks a document, and shows what it would change. To bring one into force, open a change that
/// carries it: `tagout change open TITLE --policy-draft FILE`.
#[derive(Debug, clap::Subcommand)]
pub enum PolicyCommand {
    /// Shows the policy in force as a page.
    Show {
        /// An earlier version.
        #[arg(long)]
        version: Option<u64>,
        /// Print the document as it was adopted instead of the page.
        #[arg(long)]
        document: bool,
    },
    /// Lists every version ever in force.
    Versions,
    /// Says whether a file is a policy without blanks, and where it is wrong if not. Needs no server.
    Check {
        /// The document (TOML).
        file: PathBuf,
    },
    /// Shows what a document changes in the policy in force, or what changed between two versions.
    Diff {
        /// The document (TOML).
        #[arg(required_unless_present = "versions", conflicts_with = "versions")]
        file: Option<PathBuf>,
        /// Two versions, the old one first.
        #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
        versions: Option<Vec<u64>>,
    },
}

/// What `tagout policy check` found.
#[derive(Serialize)]
struct CheckedDocument {
    title: String,
    rules: usize,
    objectives: usize,
}

/// The lines of `tagout policy diff`.
#[derive(Serialize)]
struct Differences {
    differences: Vec<String>,
}

impl Command for PolicyCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        match self {
            PolicyCommand::Show { version, document } => {
                let view = fetch(context, version)?;
                context.output.show(&view, |view| match document {
                    true => view.document.clone(),
                    false => view.page.clone(),
                });
                Ok(())
            }
            PolicyCommand::Versions => list(context),
            PolicyCommand::Check { file } => check(context, &file),
            PolicyCommand::Diff { file, versions } => {
                let (old, new) = match (file, versions.as_deref()) {
                    (Some(file), _) => (of(context, None)?, read(&file)?),
                    (None, Some([old, new])) => (of(context, Some(*old))?, of(context, Some(*new))?),
                    (None, _) => {
                        return Err(
                            Refusal::new(Class::Invalid, "arguments", "there is nothing to compare")
                                .way_out("name a file, or two versions with `--versions OLD NEW`"),
                        );
                    }
                };
                show_differences(context, &old, &new);
                Ok(())
            }
        }
    }
}

fn fetch(context: &Context, version: Option<u64>) -> Result<PolicyView, Refusal> {
    match version {
        Some(version) => context.client.get(&format!("/policy?version={version}")),
        None => context.client.get("/policy"),
    }
}

fn of(context: &Context, version: Option<u64>) -> Result<Policy, Refusal> {
    let view = fetch(context, version)?;
    parse(&view.document)
}

fn list(context: &Context) -> Result<(), Refusal> {
    let listed: Listed<VersionView> = context.client.get("/policy/versions")?;
    context.output.show(&listed, |listed| {
        let mut table = Table::new(["POLICY", "ADOPTED", "BY", "CHANGE", "SHA-256"]);
        for version in &listed.items {
            let change = version.change.as_ref();
            table.push([
                version.policy.to_string(),
                version.adopted_at.to_minutes(),
                version.adopted_by.to_string(),
                change.map_or("founding".to_owned(), ToString::to_string),
                version.digest.clone(),
            ]);
        }
        table.text()
    });
    Ok(())
}

fn check(context: &Context, file: &Path) -> Result<(), Refusal> {
    let policy = read(file)?;
    let blanks = policy.blanks();
    if !blanks.is_empty() {
        let what = format!("`{}` has blanks that nobody has filled in", file.display());
        let refusal = Refusal::new(Class::Invalid, "policy document", what);
        let refusal = blanks.into_iter().fold(refusal, Refusal::missing);
        return Err(refusal.way_out("write what holds for your organisation in their place"));
    }
    let checked = CheckedDocument {
        title: policy.title.clone(),
        rules: policy.rules().len(),
        objectives: policy.objectives().len(),
    };
    context.output.show(&checked, |checked| {
        format!(
            "`{}` is a policy: {} rules, which serve {} assessment objectives",
            checked.title, checked.rules, checked.objectives
        )
    });
    Ok(())
}

/// Reads a policy from a file and checks it against the acts of this program, which its own default policy lists.
fn read(file: &Path) -> Result<Policy, Refusal> {
    let unreadable = |error: std::io::Error| {
        let what = format!("`{}` cannot be read: {error}", file.display());
        Refusal::new(Class::Invalid, "file", what).way_out("name a policy document (TOML) that you may read")
    };
    let mut document = String::new();
    let one_too_many = DOCUMENT_BYTES_MAX as u64 + 1;
    let opened = File::open(file).map_err(unreadable)?;
    opened
        .take(one_too_many)
        .read_to_string(&mut document)
        .map_err(unreadable)?;
    let shipped = parse(DEFAULT_POLICY)?;
    let acts: Vec<&str> = shipped.authority().rows().map(|(act, _)| act).collect();
    covering(&document, &acts)
}

fn parse(document: &str) -> Result<Policy, Refusal> {
    Policy::parse(document).map_err(|error| {
        Refusal::new(
            Class::Outside,
            "policy document",
            format!("the policy cannot be read: {error}"),
        )
        .way_out("use the command line and the server of one version")
    })
}

fn show_differences(context: &Context, old: &Policy, new: &Policy) {
    let differences = Differences {
        differences: diff(old, new).iter().map(ToString::to_string).collect(),
    };
    context.output.show(&differences, |shown| {
        if shown.differences.is_empty() {
            return "no rule, number, right or text differs".to_owned();
        }
        shown.differences.join("\n")
    });
}
