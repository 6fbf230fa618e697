//! Asks the hosts of a change for everything that a plan follows from. Nothing on them is changed.

use std::path::Path;

use assets::{Asset, AssetId, Connection};
use basis::{Id, Subject};
use hosts::apt::{self, Apply};
use hosts::{Exact, Host, HostError, HostState, OsFamily, PackageName, Timeouts};

use crate::look::{look_of, updates_of};
use crate::rules::{Candidate, Choice, Fix, Selection, choose};

/// How many hosts are asked at once.
const ASKED_AT_ONCE: usize = 8;

/// One host that is to be asked.
pub(super) struct Question {
    pub(super) asset: Asset,
    pub(super) connection: Connection,
}

/// A finding whose fix was chosen, by the words of its checks.
#[derive(Debug, Clone)]
pub(super) struct Flaw {
    pub(super) asset: AssetId,
    /// The package, possibly by the name of its source.
    pub(super) package: String,
    pub(super) fixed: Option<String>,
}

/// What was chosen, before the hosts were asked.
pub(super) enum Wanted {
    Selection(Selection),
    Flaws(Vec<Flaw>),
}

/// Asks every host; each answer is a candidate or a line that says why there is none.
pub(super) fn ask(
    questions: &[Question],
    identity: &Path,
    control: &Path,
    wanted: &Wanted,
) -> Vec<Result<Candidate, String>> {
    let mut answers = Vec::with_capacity(questions.len());
    for group in questions.chunks(ASKED_AT_ONCE) {
        std::thread::scope(|scope| {
            let asking: Vec<_> = group
                .iter()
                .map(|question| scope.spawn(move || ask_one(question, identity, control, wanted)))
                .collect();
            for (question, thread) in group.iter().zip(asking) {
                let answer = thread
                    .join()
                    .unwrap_or_else(|_| Err("the program failed while asking it".to_owned()));
                let (name, id) = (question.asset.name(), question.asset.id);
                answers.push(answer.map_err(|why| format!("on {name} ({id}): {why}")));
            }
        });
    }
    answers
}

fn ask_one(
    question: &Question,
    identity: &Path,
    control: &Path,
    wanted: &Wanted,
) -> Result<Candidate, String> {
    let said = |error: HostError| format!("{error}; {}", error.way_out());
    let reach = question.connection.reach(identity).map_err(said)?;
    let host = Host::connect(&reach, control, Timeouts::default()).map_err(said)?;
    let state = hosts::collect(&host).map_err(said)?;
    if state.os.family != OsFamily::Debian {
        return Err(format!(
            "it runs {}; only hosts with apt can be patched so far",
            state.os.pretty_name
        ));
    }
    let updates = updates_of(&state).map_err(|why| format!("its pending updates are not known: {why}"))?;
    let subject = question.asset.id.subject();
    let choice = match wanted {
        Wanted::Selection(selection) => choose(selection, &subject, &updates),
        Wanted::Flaws(flaws) => choose(
            &Selection::Fixes(fixes(&subject, flaws, &state)),
            &subject,
            &updates,
        ),
    };
    candidate(question, &host, &state, choice).map_err(said)
}

/// An advisory names the source package; every installed package that was built from it is mended.
fn fixes(asset: &Subject, flaws: &[Flaw], state: &HostState) -> Vec<Fix> {
    let of_asset = flaws.iter().filter(|flaw| flaw.asset.subject() == *asset);
    let mut fixes = Vec::new();
    for flaw in of_asset {
        let fix = |package: &str| Fix {
            asset: asset.clone(),
            package: package.to_owned(),
            fixed: flaw.fixed.clone(),
        };
        let built = state
            .packages
            .iter()
            .filter(|package| package.source == flaw.package || package.name == flaw.package);
        let mut found: Vec<Fix> = built.map(|package| fix(&package.name)).collect();
        if found.is_empty() {
            found.push(fix(&flaw.package));
        }
        fixes.extend(found);
    }
    fixes
}

fn candidate(
    question: &Question,
    host: &Host,
    state: &HostState,
    choice: Choice,
) -> Result<Candidate, HostError> {
    let asset = &question.asset;
    let exact = choice
        .taken
        .iter()
        .map(|(package, version)| Exact::parse(package, version));
    let exact: Vec<Exact> = exact.collect::<Result<_, _>>()?;
    let (simulation, available) = match exact.is_empty() {
        true => (None, Vec::new()),
        false => {
            let simulation = apt::simulate(host, &Apply::upgrade(exact, "")?)?;
            let touched = simulation
                .changes
                .iter()
                .map(|change| PackageName::parse(&change.package));
            let touched: Vec<PackageName> = touched.collect::<Result<_, _>>()?;
            let available = apt::available_versions(host, &touched)?;
            (Some(simulation), available)
        }
    };
    Ok(Candidate {
        facts: asset.facts(),
        name: asset.name().to_owned(),
        os: state.os.pretty_name.clone(),
        role: asset.details.purpose.clone(),
        patch_group: asset.details.patch_group.clone(),
        is_controller: host.is_local(),
        choice,
        look: look_of(state, simulation.as_ref(), &available),
    })
}
