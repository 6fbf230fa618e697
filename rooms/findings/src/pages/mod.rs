//! The pages of findings: the ranked list, one finding, the figures, what was brought in. They parse, call an act, and show.

mod figures;
mod imports;
mod list;
mod one;
mod scan;

use frame::pages::{State as Shown, Tone};
use policy::Severity;

use crate::acts::Ranked;
use crate::rules::State;

pub(crate) use figures::show_figures;
pub(crate) use imports::{bring_advisories, bring_exploited, compare_all, show_imports};
pub(crate) use list::{list_file, show_list};
pub(crate) use one::show_finding;
pub(crate) use scan::{import_scan, show_scan};

/// What people call the state.
fn state_words(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Ticketed => "a change is open",
        State::PendingRestart => "waits for a restart",
        State::Remediated => "remediated",
        State::Reopened => "came back",
    }
}

fn state(state: State) -> Shown {
    let tone = match state {
        State::Open => Tone::Plain,
        State::Ticketed => Tone::Active,
        State::PendingRestart | State::Reopened => Tone::Warning,
        State::Remediated => Tone::Good,
    };
    Shown::new(state_words(state), tone)
}

fn severity(severity: Severity) -> Shown {
    let tone = match severity {
        Severity::Critical | Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warning,
        Severity::Low | Severity::None => Tone::Plain,
    };
    Shown::new(severity.name(), tone)
}

/// How its clock stands.
fn clock(ranked: &Ranked) -> Shown {
    match (&ranked.due, ranked.finding.state, ranked.is_late) {
        (None, ..) => Shown::new("no due date", Tone::Plain),
        (Some(_), State::Remediated, true) => Shown::new("corrected late", Tone::Bad),
        (Some(_), State::Remediated, false) => Shown::new("corrected in time", Tone::Good),
        (Some(_), _, true) => Shown::new("late", Tone::Bad),
        (Some(_), _, false) => Shown::new("in time", Tone::Plain),
    }
}
