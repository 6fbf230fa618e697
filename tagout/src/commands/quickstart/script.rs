//! The first steps of the trial, as the commands that anybody would type.

use std::fs;
use std::path::Path;

use basis::{Class, Refusal};
use clap::Parser;

use super::super::{CommandLine, dispatch};
use super::next::CHANGE;
use super::trial::{PEOPLE, Trial};

const INVENTORY: &str = include_str!("../../../../examples/inventory.csv");
const SCAN: &str = include_str!("../../../../examples/scan.nessus");

/// A step: who does it, and the words of the command after `tagout`.
struct Step {
    by: &'static str,
    words: Vec<String>,
}

fn step<const N: usize>(by: &'static str, words: [&str; N]) -> Step {
    Step {
        by,
        words: words.map(str::to_owned).into(),
    }
}

/// The name of this machine, as it becomes an asset.
pub(super) fn this_machine() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        "this-machine".to_owned()
    } else {
        name
    }
}

fn steps(trial: &Trial, machine: &str) -> Result<Vec<Step>, Refusal> {
    let inventory = shown(&trial.keep("inventory.csv", INVENTORY)?);
    let scan = shown(&trial.keep("scan.nessus", SCAN)?);
    let key = |handle: &str| shown(&trial.file(&format!("{handle}.key")));
    let title = format!("Security updates of {machine}");
    Ok(vec![
        step(
            "ben",
            [
                "people",
                "confirm",
                "dana",
                "--invitation",
                "1",
                "--reason",
                "Ben sits next to Dana.",
            ],
        ),
        step("dana", ["key", "enrol", "--key", &key("dana")]),
        step(
            "dana",
            ["asset", "import", &inventory, "--mapping", "generic", "--apply"],
        ),
        step(
            "dana",
            [
                "asset",
                "register",
                machine,
                "--kind",
                "workstation",
                "--purpose",
                "Trying tagout out",
                "--environment",
                "lab",
                "--classification",
                "none",
                "--criticality",
                "low",
                "--exposure",
                "internal",
            ],
        ),
        step("dana", ["asset", "enrol-host", machine, "--local"]),
        step("ben", ["asset", "collect", machine]),
        step("ben", ["finding", "import", &scan]),
        step(
            "ben",
            [
                "change",
                "open",
                &title,
                "--asset",
                machine,
                "--executor",
                "ben",
                "--reason",
                "Security updates are pending on this machine.",
            ],
        ),
        step("ben", ["plan", "make", CHANGE]),
    ])
}

pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Makes the steps that are not done yet.
pub(super) fn run(trial: &Trial, server: &str) -> Result<(), Refusal> {
    let machine = this_machine();
    PEOPLE
        .iter()
        .try_for_each(|persona| sign_in(trial, server, persona.handle))?;
    for step in steps(trial, &machine)? {
        let line = step.words.join(" ");
        if trial.done().contains(&line) {
            continue;
        }
        eprintln!("\n{} $ tagout {}", step.by, quoted(&step.words));
        match call(trial, server, step.by, &step.words) {
            // What the record says no to, such as a plan for a machine without pending updates, is an answer; what
            // broke off is tried again at the next start.
            Err(refusal) if matches!(refusal.class, Class::Conflict | Class::Policy) => {
                eprintln!("{refusal}")
            }
            outcome => outcome?,
        }
        trial.note_done(&line)?;
    }
    Ok(())
}

fn sign_in(trial: &Trial, server: &str, handle: &str) -> Result<(), Refusal> {
    let file = |ending: &str| shown(&trial.file(&format!("{handle}.{ending}")));
    let words = [
        "login",
        "--as",
        handle,
        "--password-file",
        &file("password"),
        "--secret-file",
        &file("secret"),
    ];
    let answer = call(trial, server, handle, &words.map(str::to_owned));
    match answer {
        // The code of these thirty seconds was used by the start before this one; the old sign-in is still good.
        Err(refusal) if refusal.class == Class::Unauthenticated => Ok(()),
        answer => answer,
    }
}

/// Runs a command of the command line as one of the people.
fn call(trial: &Trial, server: &str, handle: &str, words: &[String]) -> Result<(), Refusal> {
    let common = ["tagout", "--server", server, "--profile", handle].map(str::to_owned);
    let line = CommandLine::try_parse_from(common.iter().chain(words)).map_err(|error| {
        Refusal::new(Class::Fault, "quickstart", error.to_string())
            .way_out("report it: the program's own script is wrong")
    })?;
    dispatch(line.with_profiles(trial.file("profiles.json"))).map(drop)
}

/// The words as a shell takes them.
fn quoted(words: &[String]) -> String {
    let quote = |word: &String| {
        if word.contains(' ') {
            format!("'{word}'")
        } else {
            word.clone()
        }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}
