//! `tagout export`: makes a package, fetches it, checks it and puts it where it was asked for.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use basis::{Class, Refusal};
use frame::Method;
use frame::terminal::{Command, Context, Progress};
use ledger::note::VerifierKey;
use ledger::package::zip::Archive;
use ledger::package::{Files, verify};
use serde::Serialize;

use crate::api::{ExportRequest, ExportView, VerifierKeyView};

/// Makes an evidence package that a stranger verifies offline.
#[derive(Debug, clap::Args)]
pub struct ExportCommand {
    /// The change that it is about.
    #[arg(long, conflicts_with_all = ["from", "to"])]
    change: Option<String>,
    /// The first entry of a period: an index, or a moment such as 2026-11-01T00:00:00Z.
    #[arg(long)]
    from: Option<String>,
    /// The last entry of a period: an index, or a moment.
    #[arg(long)]
    to: Option<String>,
    /// The size of an earlier checkpoint that somebody kept; the package proves that the ledger went on from there.
    #[arg(long)]
    since: Vec<u64>,
    /// Where to put it: a file that ends in `.zip`, or a directory to make.
    #[arg(long, short)]
    output: PathBuf,
}

/// What `tagout export` answers.
#[derive(Serialize)]
struct Written {
    export: ExportView,
    output: String,
    key: String,
}

fn unwritten(place: &Path, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(
        Class::Outside,
        "output",
        format!("`{}` cannot be written: {error}", place.display()),
    )
    .way_out("name a place with `--output` that you may write and that does not exist yet")
}

impl Command for ExportCommand {
    fn run(self, context: &Context) -> Result<(), Refusal> {
        if self.change.is_none() && self.from.is_none() && self.to.is_none() {
            return Err(Refusal::new(
                Class::Invalid,
                "arguments",
                "nothing says what the package is about",
            )
            .way_out("give `--change CHG-0001`, or a period with `--from` and `--to`"));
        }
        if self.output.exists() {
            return Err(unwritten(&self.output, &"it exists"));
        }
        let request = ExportRequest {
            change: self.change,
            from: self.from,
            to: self.to,
            since: self.since,
        };
        let export: ExportView = context.client.send(Method::Post, "/history/exports", &request)?;
        let key: VerifierKeyView = context.client.get("/history/key")?;
        let is_archive = self.output.extension().is_some_and(|ending| ending == "zip");
        let folder = self
            .output
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut archive = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| unwritten(&self.output, &error))?;
        let mut to = BufWriter::new(archive.as_file_mut());
        context
            .client
            .download(&format!("/history/exports/{}/package", export.export), &mut to)?;
        to.flush().map_err(|error| unwritten(&self.output, &error))?;
        drop(to);
        let files = checked(archive.as_file(), &key.key)?;
        match is_archive {
            true => drop(
                archive
                    .persist_noclobber(&self.output)
                    .map_err(|error| unwritten(&self.output, &error))?,
            ),
            false => unpack(&files, &self.output)?,
        }
        let written = Written {
            output: self.output.display().to_string(),
            key: key.key,
            export,
        };
        context.output.show(&written, |written| {
            format!(
                "{} about {}: {} entries and {} evidence files in {}\nverify it with: tagout verify {} --key {}",
                written.export.export,
                written.export.about,
                written.export.entries,
                written.export.evidence_files,
                written.output,
                written.output,
                written.key
            )
        });
        Ok(())
    }
}

/// Opens what was fetched and checks it before anybody else has to.
fn checked(file: &File, key: &str) -> Result<Archive<File>, Refusal> {
    let broken = |what: String| {
        Refusal::new(
            Class::Fault,
            "export",
            format!("the package that the server made does not verify: {what}"),
        )
        .way_out("run `tagout doctor` on the machine that holds the data directory, and report the fault")
    };
    let key = VerifierKey::parse(key).map_err(|error| broken(error.to_string()))?;
    let copy = file.try_clone().map_err(|error| broken(error.to_string()))?;
    let files = Archive::open(copy).map_err(|wrong| broken(wrong.to_string()))?;
    verify(&files, &key, &[]).map_err(|wrong| broken(wrong.to_string()))?;
    Ok(files)
}

/// Writes each file of a package that has been verified: its paths are known to stay inside.
fn unpack(files: &Archive<File>, folder: &Path) -> Result<(), Refusal> {
    let list = files.list();
    let all: u64 = list.iter().map(|(_, size)| size).sum();
    let mut progress = Progress::new("unpack");
    fs::create_dir(folder).map_err(|error| unwritten(folder, &error))?;
    let mut done = 0;
    for (path, size) in list {
        let place = folder.join(&path);
        let write = || -> std::io::Result<()> {
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            let content = files.read(&path).map_err(std::io::Error::other)?;
            fs::write(&place, content)
        };
        write().map_err(|error| unwritten(&place, &error))?;
        done += size;
        progress.at(done, all);
    }
    Ok(())
}
