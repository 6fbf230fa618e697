//! What became of each package that a change named: judged by the packages before and after, never by an exit code.

use formats::versions::debian;
use serde::{Deserialize, Serialize};

use crate::apt::{Apply, Direction};
use crate::state::{Hold, HostState, Learned, Package, PackageState, PendingUpdate, Standing};
use crate::{Exact, PackageName};

/// Most characters of a line of the transcript that become a reason.
const REASON_CHARS_MAX: usize = 300;

/// What became of one package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is at the version that was asked for, and was not before.
    Fixed,
    /// It was at that version, or a newer one, before.
    AlreadyFixed,
    /// Somebody put it on hold.
    Held,
    /// Its publisher hands it out to other hosts first.
    Phased,
    /// It is for hosts with a paid subscription.
    NeedsEntitlement,
    /// A configuration file stands in the way.
    Conffile,
    /// It is installed only in part; until that is put right apt fails for every package.
    HalfConfigured,
    /// No repository of this host has that version, or the package is not installed.
    NotOffered,
    /// It is still as it was; the reason says what the transcript tells.
    Failed,
}

impl Outcome {
    /// Whether the package is as it was asked for.
    pub fn is_good(self) -> bool {
        matches!(self, Outcome::Fixed | Outcome::AlreadyFixed)
    }

    /// The word for it in records.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Fixed => "fixed",
            Outcome::AlreadyFixed => "already_fixed",
            Outcome::Held => "held",
            Outcome::Phased => "phased",
            Outcome::NeedsEntitlement => "needs_entitlement",
            Outcome::Conffile => "conffile",
            Outcome::HalfConfigured => "half_configured",
            Outcome::NotOffered => "not_offered",
            Outcome::Failed => "failed",
        }
    }
}

/// The verdict on one package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageOutcome {
    /// What was asked for.
    pub requested: Exact,
    /// The version before; empty where it was not installed.
    pub before: String,
    /// The version after; empty where it is not installed.
    pub after: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in a sentence or in the words of the package manager.
    pub reason: String,
}

/// Judges every package that `change` names, in that order.
pub fn judge(before: &HostState, after: &HostState, transcript: &str, change: &Apply) -> Vec<PackageOutcome> {
    let scene = Scene {
        before,
        after,
        transcript,
        direction: change.direction(),
    };
    change.packages().iter().map(|exact| scene.one(exact)).collect()
}

/// Everything that a verdict rests on.
struct Scene<'a> {
    before: &'a HostState,
    after: &'a HostState,
    transcript: &'a str,
    direction: Direction,
}

impl Scene<'_> {
    fn one(&self, exact: &Exact) -> PackageOutcome {
        let (was, is) = (
            self.before.package(&exact.package),
            self.after.package(&exact.package),
        );
        let (outcome, reason) = match is {
            None => (Outcome::NotOffered, "it is not installed".to_owned()),
            Some(is) if is.state == PackageState::Installed => self.whole(was, is, exact),
            Some(is) => half(is, self.transcript, exact),
        };
        let version =
            |package: Option<&Package>| package.map(|package| package.version.clone()).unwrap_or_default();
        PackageOutcome {
            requested: exact.clone(),
            before: version(was),
            after: version(is),
            outcome,
            reason,
        }
    }

    /// A package that is wholly installed. For a rollback only the very version counts, for an upgrade also a newer.
    fn whole(&self, was: Option<&Package>, is: &Package, exact: &Exact) -> (Outcome, String) {
        let wanted = exact.version.as_str();
        let serves = |package: &Package| {
            let order = debian::compare(&package.version, wanted);
            order.is_eq() || (order.is_gt() && self.direction == Direction::Upgrade)
        };
        if !serves(is) {
            return standing(is, self.after, self.transcript, exact);
        }
        let more = match debian::compare(&is.version, wanted).is_gt() {
            true => format!(", which is newer than {wanted}"),
            false => String::new(),
        };
        if was.is_some_and(|was| {
            serves(was) && was.version == is.version && was.state == PackageState::Installed
        }) {
            return (
                Outcome::AlreadyFixed,
                format!("it was at {} before{more}", is.version),
            );
        }
        (Outcome::Fixed, format!("it is at {}{more}", is.version))
    }
}

fn standing(is: &Package, after: &HostState, transcript: &str, exact: &Exact) -> (Outcome, String) {
    let name = &exact.package;
    if is.hold == Hold::Held {
        return (
            Outcome::Held,
            "it is on hold; `apt-mark unhold` lets it go".to_owned(),
        );
    }
    let not_found = format!("Version '{}' for '{}' was not found", exact.version, name.name());
    if transcript.contains(&not_found) {
        return (Outcome::NotOffered, not_found);
    }
    match pending(after, name).map(|update| update.standing) {
        Some(Standing::Phased) => {
            return (
                Outcome::Phased,
                "its publisher serves other hosts first".to_owned(),
            );
        }
        Some(Standing::NeedsEntitlement) => {
            return (
                Outcome::NeedsEntitlement,
                "its fix is for subscribed hosts".to_owned(),
            );
        }
        _ => {}
    }
    if let Some(line) = conffile_line(transcript, name) {
        return (Outcome::Conffile, line);
    }
    (Outcome::Failed, failure(transcript, name))
}

fn half(is: &Package, transcript: &str, exact: &Exact) -> (Outcome, String) {
    if let Some(line) = conffile_line(transcript, &exact.package) {
        return (Outcome::Conffile, line);
    }
    let said = failure(transcript, &exact.package);
    let state = match is.state {
        PackageState::Installed => "installed",
        PackageState::Unpacked => "unpacked but not configured",
        PackageState::HalfConfigured => "half configured",
        PackageState::HalfInstalled => "half installed",
        PackageState::TriggersAwaited | PackageState::TriggersPending => "waiting for triggers",
        PackageState::ReinstallRequired => "in need of a reinstallation",
    };
    (Outcome::HalfConfigured, format!("it is {state}: {said}"))
}

fn pending<'a>(state: &'a HostState, name: &PackageName) -> Option<&'a PendingUpdate> {
    let Learned::Known(updates) = &state.updates else {
        return None;
    };
    updates
        .pending
        .iter()
        .find(|update| update.package == name.name())
}

/// dpkg speaks of a configuration file that was changed, and the package could not be configured for it.
fn conffile_line(transcript: &str, name: &PackageName) -> Option<String> {
    let is_prompt = |line: &&str| line.contains("conffile prompt") || line.contains("conffile difference");
    let mut lines = transcript.lines();
    let mentions = transcript.contains(&format!("error processing package {}", name.name()));
    lines.find(is_prompt).filter(|_| mentions).map(shortened)
}

/// The words that tell most about the failure: dpkg's about this package, else the first of apt.
fn failure(transcript: &str, name: &PackageName) -> String {
    let of_dpkg = format!("error processing package {}", name.name());
    let lines: Vec<&str> = transcript.lines().map(str::trim).collect();
    if let Some(at) = lines.iter().position(|line| is_about(line, &of_dpkg)) {
        let next = lines.get(at + 1).copied().unwrap_or_default();
        return shortened(&format!("{} {next}", lines[at]));
    }
    let of_apt = lines.iter().find(|line| line.starts_with("E: "));
    of_apt.map_or_else(
        || "nothing in the transcript tells why".to_owned(),
        |line| shortened(line),
    )
}

/// Whether the name in `line` ends where ours does: `lab` is not `lab-conf`.
fn is_about(line: &str, start: &str) -> bool {
    let rest = line.find(start).map(|at| &line[at + start.len()..]);
    rest.is_some_and(|rest| rest.starts_with([' ', ':']) || rest.is_empty())
}

fn shortened(line: &str) -> String {
    line.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(REASON_CHARS_MAX)
        .collect()
}

#[cfg(test)]
mod tests;
