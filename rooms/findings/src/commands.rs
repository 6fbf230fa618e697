//! The commands `tagout finding …`.

use std::path::{Path, PathBuf};

use basis::{Class, Refusal, Time};
use frame::terminal::{Command, Context, Progress, Table};
use frame::{Listed, Method};
use serde::Serialize;

use crate::api::{
    ExploitedView, FileQuery, FindingView, FindingWithHistory, ImportQuery, ImportView, ListQuery,
    LoadedView, MatchRequest, MatchView,
};
use crate::rules::{Counts, FindingId};

/// How many files one folder of advisories may hold; larger collections are sent as arrays.
const ADVISORY_FILES_MAX: usize = 50_000;

/// Lists findings, imports scans, loads advisories and compares them with what is installed.
#[derive(Debug, clap::Subcommand)]
pub enum FindingCommand {
    /// Lists findings.
    List {
        /// Only those in this state; everything that is not remediated when left out.
        #[arg(long)]
        state: Option<String>,
        /// Only those on this asset: its id or hostname.
        #[arg(long)]
        asset: Option<String>,
        /// Only those at least as bad: critical, high, medium, low.
        #[arg(long)]
        severity: Option<String>,
        /// Only those due before this moment, such as `2026-12-01T00:00:00Z`.
        #[arg(long)]
        due_before: Option<Time>,
        /// In the order in which to mend them, with the reasons.
        #[arg(long, conflicts_with = "after")]
        ranked: bool,
        /// Continue after this finding.
        #[arg(long)]
        after: Option<FindingId>,
        /// How many at most, up to 500.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Shows a finding, its clocks, why it ranks where it does, and its history.
    Show {
        /// Which finding.
        finding: FindingId,
    },
    /// Imports a scan file. The same file again changes nothing.
    Import {
        /// The file, as Nessus exports it.
        file: PathBuf,
        /// Which scanner wrote it.
        #[arg(long, default_value = "nessus")]
        scanner: String,
    },
    /// Loads advisories in the OSV format: a file, or every `.json` file of a folder.
    Advisories {
        /// The file or folder.
        path: PathBuf,
    },
    /// Compares what is installed with the advisories.
    Match {
        /// The assets: ids or hostnames.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        assets: Vec<String>,
        /// Every asset that was collected.
        #[arg(long)]
        all: bool,
    },
    /// Loads CISA's list of vulnerabilities that are known to be exploited.
    Kev {
        /// The list: `known_exploited_vulnerabilities.json`.
        file: PathBuf,
    },
}

impl Command for FindingCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        match self {
            FindingCommand::List {
                state,
                asset,
                severity,
                due_before,
                ranked,
                after,
                limit,
            } => {
                let after = after.map(|id| id.to_string());
                list(
                    context,
                    ranked,
                    &ListQuery {
                        state,
                        asset,
                        severity,
                        due_before,
                        after,
                        limit,
                    },
                )
            }
            FindingCommand::Show { finding } => {
                let shown: FindingWithHistory = context.client.get(&format!("/findings/{finding}"))?;
                context.output.show(&shown, finding_text);
                Ok(())
            }
            FindingCommand::Import { file, scanner } => {
                let path = with_query(
                    "/findings/imports",
                    &ImportQuery {
                        scanner,
                        name: file_name(&file)?,
                    },
                )?;
                let view: ImportView = send(context, &path, &file, "application/xml")?;
                context.output.show(&view, import_text);
                Ok(())
            }
            FindingCommand::Advisories { path } => advisories(context, &path),
            FindingCommand::Match { assets, all } => {
                let request = MatchRequest {
                    assets: (!all).then_some(assets),
                };
                let matched: Listed<MatchView> =
                    context.client.send(Method::Post, "/findings/matches", &request)?;
                context.output.show(&matched, match_text);
                Ok(())
            }
            FindingCommand::Kev { file } => exploited(context, &file),
        }
    }
}

fn exploited(context: &Context, file: &Path) -> Result<(), Refusal> {
    let path = with_query(
        "/findings/kev",
        &FileQuery {
            name: file_name(file)?,
        },
    )?;
    let view: ExploitedView = send(context, &path, file, "application/json")?;
    context.output.show(&view, |view| {
        let numbers = format!(
            "{} entries, {} new, {} taken off",
            view.entries, view.added, view.removed
        );
        format!("version {} of the list is loaded: {numbers}", view.version)
    });
    Ok(())
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

fn send<R: serde::de::DeserializeOwned>(
    context: &Context,
    path: &str,
    file: &Path,
    media_type: &str,
) -> Result<R, Refusal> {
    let mut progress = Progress::new(format!("sending {}", file_name(file)?));
    context
        .client
        .upload(path, file, media_type, |done, all| progress.at(done, all))
}

fn list(context: &Context, ranked: bool, query: &ListQuery) -> Result<(), Refusal> {
    let path = if ranked {
        "/findings/priorities"
    } else {
        "/findings"
    };
    let listed: Listed<FindingView> = context.client.get(&with_query(path, query)?)?;
    context.output.show(&listed, |listed| list_text(listed, ranked));
    Ok(())
}

fn list_text(listed: &Listed<FindingView>, ranked: bool) -> String {
    if listed.items.is_empty() {
        return "no findings".to_owned();
    }
    let last_heading = if ranked { "why" } else { "fixed in" };
    let mut table = Table::new([
        "finding",
        "asset",
        "vulnerability",
        "where",
        "severity",
        "state",
        "due",
        last_heading,
    ]);
    for view in &listed.items {
        let due = view
            .due
            .as_ref()
            .map_or_else(|| "-".to_owned(), |due| due.at.to_minutes());
        let late = if view.is_late { " LATE" } else { "" };
        let reasons = view
            .reasons
            .iter()
            .map(|reason| format!("{} {}", reason.points, reason.why));
        let last = match ranked {
            true => format!("{}: {}", view.points, reasons.collect::<Vec<_>>().join("; ")),
            false => view.fixed_version.clone().unwrap_or_else(|| "-".to_owned()),
        };
        table.push([
            view.finding.to_string(),
            view.asset_name.clone(),
            view.vulnerability.clone(),
            view.location.clone(),
            view.severity.clone(),
            view.state.clone(),
            format!("{due}{late}"),
            last,
        ]);
    }
    let more = listed
        .next
        .as_ref()
        .map_or_else(String::new, |next| format!("\nmore: --after {next}"));
    format!("{}{more}", table.text())
}

fn finding_text(shown: &FindingWithHistory) -> String {
    let view = &shown.finding;
    let mut lines = vec![
        format!(
            "{}  {}  on {} ({})",
            view.finding, view.vulnerability, view.asset_name, view.asset
        ),
        view.title.clone(),
        format!(
            "where: {}   severity: {} (by {})   state: {}",
            view.location, view.severity, view.rated_by, view.state
        ),
    ];
    if let Some(package) = &view.package {
        let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "unknown".to_owned());
        let (installed, fixed) = (version(&view.installed_version), version(&view.fixed_version));
        lines.push(format!(
            "package: {package}, seen as {installed}, fixed in {fixed}"
        ));
    }
    lines.extend(view.pending.as_ref().map(|pending| format!("pending: {pending}")));
    lines.extend(view.change.as_ref().map(|change| format!("change: {change}")));
    lines.push(format!(
        "identified {}, reported {}",
        view.identified_at.to_minutes(),
        view.reported_at.to_minutes()
    ));
    if let Some(due) = &view.due {
        let late = if view.is_late { ", LATE" } else { "" };
        let from = due.counted_from.to_minutes();
        let at = due.at.to_minutes();
        lines.push(format!(
            "due {at} (paragraph {}, from {} {from}){late}",
            due.paragraph, due.start
        ));
    }
    lines.extend(
        view.corrected_at
            .map(|at| format!("corrected {}", at.to_minutes())),
    );
    lines.push(format!("rank {}:", view.points));
    lines.extend(
        view.reasons
            .iter()
            .map(|reason| format!("  {:>3} {}", reason.points, reason.why)),
    );
    for check in &view.checks {
        let gone = check
            .gone_at
            .map_or_else(String::new, |at| format!(", gone {}", at.to_minutes()));
        lines.push(format!(
            "{}: last seen {}{gone}",
            check.check,
            check.last_seen_at.to_minutes()
        ));
    }
    for row in &shown.history {
        lines.push(format!(
            "{} {} by {} ({}, entry {})",
            row.at.to_minutes(),
            row.what,
            row.by,
            row.source,
            row.entry
        ));
    }
    lines.join("\n")
}

fn counts_text(counts: &Counts) -> String {
    format!(
        "{} opened, {} still there, {} reopened, {} remediated, {} waiting for a restart, {} shown by other checks, {} \
         not reached",
        counts.opened,
        counts.still_there,
        counts.reopened,
        counts.remediated,
        counts.pending_restart,
        counts.shown_by_others,
        counts.not_reached,
    )
}

fn import_text(view: &ImportView) -> String {
    let scan = &view.scan;
    if view.was_known {
        return format!(
            "this file was imported before, as {}; nothing was recorded",
            scan.scan
        );
    }
    let mut lines = vec![
        format!(
            "{}: {} results on {} hosts, {} of them only inform",
            scan.scan, scan.items, scan.hosts, scan.items_informative
        ),
        counts_text(&scan.counts),
        format!("the difference is {}", scan.difference),
    ];
    if scan.hosts_unmatched > 0 {
        lines.push(format!("{} hosts are none of the assets:", scan.hosts_unmatched));
        lines.extend(
            view.unmatched
                .iter()
                .map(|unmatched| format!("  {}: {}", unmatched.host, unmatched.why)),
        );
    }
    lines.join("\n")
}

fn match_text(matched: &Listed<MatchView>) -> String {
    if matched.items.is_empty() {
        return "no asset was ever collected; collect one with `tagout asset collect`".to_owned();
    }
    let mut lines = Vec::new();
    for view in &matched.items {
        let unchanged = if view.is_recorded {
            ""
        } else {
            " (nothing changed since, nothing was recorded)"
        };
        let counts = counts_text(&view.counts);
        lines.push(format!(
            "{}: {} advisories compared: {counts}{unchanged}",
            view.asset, view.advisories
        ));
        lines.extend(
            view.unknown
                .iter()
                .map(|unknown| format!("  {}: {}", unknown.advisory, unknown.why)),
        );
    }
    lines.join("\n")
}

fn advisories(context: &Context, path: &Path) -> Result<(), Refusal> {
    let files = advisory_files(path)?;
    let mut progress = Progress::new("sending advisories");
    let mut sum = LoadedView {
        feed: None,
        changed: 0,
        unchanged: 0,
    };
    for (at, file) in files.iter().enumerate() {
        let name = file_name(file)?;
        let path = with_query("/findings/advisories", &FileQuery { name: name.clone() })?;
        let loaded: Result<LoadedView, Refusal> =
            context.client.upload(&path, file, "application/json", |_, _| {});
        let loaded = loaded.map_err(|mut refusal| {
            refusal.what = format!("{name}: {}", refusal.what);
            refusal
        })?;
        sum.feed = loaded.feed.or(sum.feed);
        sum.changed += loaded.changed;
        sum.unchanged += loaded.unchanged;
        progress.at(at as u64 + 1, files.len() as u64);
    }
    drop(progress);
    context.output.show(&sum, |sum| {
        let next = "compare them with `tagout finding match --all`";
        format!(
            "{} advisories are new or changed, {} were known; {next}",
            sum.changed, sum.unchanged
        )
    });
    Ok(())
}

fn advisory_files(path: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let refused = |what: String| {
        Refusal::new(Class::Invalid, "file", what).way_out("name a file or folder of OSV advisories")
    };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error: std::io::Error| refused(format!("`{}` cannot be read: {error}", path.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension().is_some_and(|ending| ending == "json") {
            files.push(file);
        }
    }
    if files.is_empty() || files.len() > ADVISORY_FILES_MAX {
        let what = format!(
            "`{}` holds {} files; 1 to {ADVISORY_FILES_MAX} are sent",
            path.display(),
            files.len()
        );
        return Err(refused(what));
    }
    files.sort();
    Ok(files)
}
