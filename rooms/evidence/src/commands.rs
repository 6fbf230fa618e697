//! The commands `tagout evidence …`.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use basis::{Class, Refusal, Time};
use frame::terminal::{Command, Context, Progress, Table};
use frame::{Listed, Method, Nothing};
use serde::Serialize;

use crate::api::{AddQuery, DestroyRequest, EvidenceView, EvidenceWithOpenings, ListQuery, OpeningView};
use crate::rules::{EvidenceId, MediaType};

/// Adds, lists, opens and destroys evidence.
#[derive(Debug, clap::Subcommand)]
pub enum EvidenceCommand {
    /// Adds a file as evidence.
    Add {
        /// The file.
        file: PathBuf,
        /// What it is about: the id of a change, an asset, a run, a finding or a person. May be given several times.
        #[arg(long, required = true)]
        about: Vec<String>,
        /// What it shows, such as `test_result`, `rollback_verification` or `document`.
        #[arg(long)]
        kind: String,
        /// An assessment objective that it serves, such as `r2:3.4.3[c]`. May be given several times.
        #[arg(long)]
        objective: Vec<String>,
        /// Add it as a draft, which proves nothing until it is declared final.
        #[arg(long)]
        draft: bool,
        /// When what it shows was true, such as `2026-11-22T18:00:00Z`; now when left out.
        #[arg(long)]
        taken_at: Option<Time>,
    },
    /// Lists evidence.
    List {
        /// Only what is about this id.
        #[arg(long)]
        about: Option<String>,
        /// Continue after this evidence.
        #[arg(long)]
        after: Option<EvidenceId>,
    },
    /// Shows what is known about evidence and who looked at it.
    Show {
        /// Which evidence.
        evidence: EvidenceId,
    },
    /// Declares a draft final.
    Finalise {
        /// Which evidence.
        evidence: EvidenceId,
    },
    /// Fetches the content. That you looked at it is recorded.
    Get {
        /// Which evidence.
        evidence: EvidenceId,
        /// Where to put it; its own name in this folder when left out.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Destroys the content, such as spilled CUI. Its record stays.
    Destroy {
        /// Which evidence.
        evidence: EvidenceId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// Where the content was put.
#[derive(Debug, Serialize)]
struct Fetched {
    evidence: EvidenceId,
    opening: String,
    file: String,
    sha256: String,
}

impl Command for EvidenceCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        match self {
            EvidenceCommand::Add {
                file,
                about,
                kind,
                objective,
                draft,
                taken_at,
            } => {
                let query = AddQuery {
                    name: file_name(&file)?,
                    kind,
                    about: about.join(","),
                    media_type: None,
                    objectives: (!objective.is_empty()).then(|| objective.join(",")),
                    is_final: !draft,
                    taken_at,
                };
                add(context, &file, &query)
            }
            EvidenceCommand::List { about, after } => {
                let query = ListQuery {
                    about,
                    after: after.map(|id| id.to_string()),
                    limit: None,
                };
                list(context, &query)
            }
            EvidenceCommand::Show { evidence } => {
                let shown: EvidenceWithOpenings = context.client.get(&format!("/evidence/{evidence}"))?;
                context.output.show(&shown, with_openings);
                Ok(())
            }
            EvidenceCommand::Finalise { evidence } => {
                let path = format!("/evidence/{evidence}/finalisation");
                let view: EvidenceView = context.client.send(Method::Post, &path, &Nothing)?;
                context
                    .output
                    .show(&view, |view| format!("{} is {}", view.evidence, view.standing));
                Ok(())
            }
            EvidenceCommand::Get { evidence, output } => get(context, evidence, output),
            EvidenceCommand::Destroy { evidence, reason } => {
                let path = format!("/evidence/{evidence}/destruction");
                let view: EvidenceView =
                    context
                        .client
                        .send(Method::Post, &path, &DestroyRequest { reason })?;
                context.output.show(&view, |view| {
                    format!("the content of {} is destroyed", view.evidence)
                });
                Ok(())
            }
        }
    }
}

fn with_query(path: &str, query: &impl Serialize) -> Result<String, Refusal> {
    let query = serde_urlencoded::to_string(query).map_err(|error| {
        Refusal::new(
            Class::Fault,
            "client",
            format!("the query cannot be written: {error}"),
        )
        .way_out("report the command that led here")
    })?;
    Ok(format!("{path}?{query}"))
}

fn file_name(file: &Path) -> Result<String, Refusal> {
    let name = file.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| {
        let what = format!("`{}` has no file name that can be kept", file.display());
        Refusal::new(Class::Invalid, "file", what).way_out("give the file a plain name")
    })
}

fn add(context: &Context, file: &Path, query: &AddQuery) -> Result<(), Refusal> {
    let mut progress = Progress::new(format!("sending {}", query.name));
    let media_type = MediaType::of_file_name(&query.name).name();
    let path = with_query("/evidence", query)?;
    let view: EvidenceView = context
        .client
        .upload(&path, file, media_type, |done, all| progress.at(done, all))?;
    drop(progress);
    context.output.show(&view, |view| {
        format!(
            "{} added, {}, about {}\nSHA-256 {}",
            view.evidence,
            view.standing,
            view.about.join(", "),
            view.sha256
        )
    });
    Ok(())
}

fn list(context: &Context, query: &ListQuery) -> Result<(), Refusal> {
    let listed: Listed<EvidenceView> = context.client.get(&with_query("/evidence", query)?)?;
    context.output.show(&listed, |listed| {
        let mut table = Table::new(["EVIDENCE", "KIND", "STANDING", "NAME", "ABOUT", "TAKEN"]);
        for view in &listed.items {
            table.push([
                view.evidence.to_string(),
                view.kind.clone(),
                view.standing.clone(),
                view.name.clone(),
                view.about.join(" "),
                view.taken_at.to_minutes(),
            ]);
        }
        match &listed.next {
            Some(next) => format!("{}more: `--after {next}`", table.text()),
            None => table.text(),
        }
    });
    Ok(())
}

fn with_openings(shown: &EvidenceWithOpenings) -> String {
    let view = &shown.evidence;
    let mut text = format!(
        "{} {} ({}, {} bytes)\nshows: {}, {}\nabout: {}\nserves: {}\nSHA-256: {}\ntaken: {}\nadded: {} by {}\n",
        view.evidence,
        view.name,
        view.media_type,
        view.size,
        view.kind,
        view.standing,
        view.about.join(", "),
        view.objectives.join(", "),
        view.sha256,
        view.taken_at.to_minutes(),
        view.added_at.to_minutes(),
        view.added_by,
    );
    if let Some(end) = &view.destruction {
        text.push_str(&format!(
            "destroyed: {} by {}: {}\n",
            end.at.to_minutes(),
            end.by,
            end.reason
        ));
    }
    for opening in &shown.openings {
        text.push_str(&format!(
            "opened: {} by {}\n",
            opening.at.to_minutes(),
            opening.person
        ));
    }
    text
}

fn get(context: &Context, evidence: EvidenceId, output: Option<PathBuf>) -> Result<(), Refusal> {
    let shown: EvidenceWithOpenings = context.client.get(&format!("/evidence/{evidence}"))?;
    let target = output.unwrap_or_else(|| PathBuf::from(&shown.evidence.name));
    let failed = |error: std::io::Error| {
        let what = format!("`{}` cannot be written: {error}", target.display());
        Refusal::new(Class::Invalid, "file", what).way_out("name a new file with `--output`")
    };
    // A file that is there already is never overwritten.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&target)
        .map_err(failed)?;
    let path = format!("/evidence/{evidence}/openings");
    let opened: Result<OpeningView, Refusal> = context.client.send(Method::Post, &path, &Nothing);
    let fetched = opened.and_then(|opening| {
        let content = format!("/evidence/{evidence}/openings/{}/content", opening.opening);
        context.client.download(&content, &mut file).map(|_| opening)
    });
    let opening = fetched.inspect_err(|_| {
        // Half a file would pass for the whole one.
        let _ = std::fs::remove_file(&target);
    })?;
    let fetched = Fetched {
        evidence,
        opening: opening.opening.to_string(),
        file: target.display().to_string(),
        sha256: shown.evidence.sha256,
    };
    context.output.show(&fetched, |fetched| {
        format!(
            "{} is in `{}`; {} is on record\nSHA-256 {}",
            fetched.evidence, fetched.file, fetched.opening, fetched.sha256
        )
    });
    Ok(())
}
