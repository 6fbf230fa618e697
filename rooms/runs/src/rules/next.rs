//! What happens next in a run: the whole of the runner's judgement, as one function.

use basis::{Subject, Time};

use super::halt::halts;
use super::host::HostWord;
use super::plan::Gate;
use super::run::{Run, RunRing, RunState, Verdict};

/// How many hosts of one run are worked on at once. sshd drops handshakes beyond ten by default (`MaxStartups`).
pub const HOSTS_AT_ONCE: usize = 8;

/// One thing to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// Go on with a host that is being worked on.
    GoOn(Subject),
    /// Begin with a host.
    Begin(Subject),
    /// Begin to undo what was done on a host.
    Undo(Subject),
    /// Note that every host of the ring is at an end: its soak time begins.
    EndRing(usize),
    /// Wait until then.
    WaitUntil(Time),
    /// Run the gate's command behind the ring.
    AskGate(usize),
    /// Let the next ring begin.
    PassRing(usize),
    /// Wait for a person to decide on the gate behind the ring.
    Pause(usize, String),
    /// Begin no further host until a person decides.
    Halt(String),
    /// End the run.
    End(RunState),
}

/// Says what to do now. Nothing to do means waiting: for a host in work, or for a person.
pub fn next(run: &Run, now: Time) -> Vec<Directive> {
    if run.state.is_over() {
        return Vec::new();
    }
    let in_flight = run.members().filter(|member| member.state.is_in_flight());
    let mut directives: Vec<Directive> = in_flight
        .map(|member| Directive::GoOn(member.asset.clone()))
        .collect();
    match run.state {
        RunState::Running => directives.extend(forward(run, now)),
        RunState::RollingBack => directives.extend(backward(run)),
        _ => {}
    }
    directives
}

fn forward(run: &Run, now: Time) -> Vec<Directive> {
    let Some(at) = run.current_ring() else {
        return end(run);
    };
    let ring = &run.rings[at];
    let is_last = at + 1 == run.rings.len();
    let has_queued = ring.members.iter().any(|member| member.state == HostWord::Queued);
    let failed = ring.failures();
    if halts(failed, ring.accepted, ring.members.len(), run.halt_percent) && (has_queued || !is_last) {
        let size = ring.members.len();
        return vec![Directive::Halt(format!(
            "{failed} of the {size} hosts of ring {} have failed or are lost",
            at + 1
        ))];
    }
    if has_queued {
        let room = HOSTS_AT_ONCE.saturating_sub(run.in_flight());
        let queued = ring
            .members
            .iter()
            .filter(|member| member.state == HostWord::Queued);
        return queued
            .take(room)
            .map(|member| Directive::Begin(member.asset.clone()))
            .collect();
    }
    match (ring.is_at_end(), is_last) {
        (false, _) => Vec::new(),
        (true, true) => end(run),
        (true, false) => vec![behind(run, at, ring, now)],
    }
}

/// What happens between a ring whose hosts are all at an end and the next one.
fn behind(run: &Run, at: usize, ring: &RunRing, now: Time) -> Directive {
    let Some(ended_at) = ring.ended_at else {
        return Directive::EndRing(at);
    };
    let soaked = ended_at + run.soak;
    if now < soaked {
        return Directive::WaitUntil(soaked);
    }
    match (&ring.gate, ring.verdict) {
        (Gate::None | Gate::Soak, _) | (Gate::Command(_), Some(Verdict::Pass)) => Directive::PassRing(at),
        (Gate::Person, _) => Directive::Pause(
            at,
            format!(
                "ring {} is done; a person decides whether the next begins",
                at + 1
            ),
        ),
        (Gate::Command(_), None) => Directive::AskGate(at),
        (Gate::Command(_), Some(Verdict::Fail)) => {
            Directive::Halt(format!("the gate behind ring {} says no", at + 1))
        }
        (Gate::Command(_), Some(Verdict::Unknown)) => Directive::Pause(
            at,
            format!(
                "the gate behind ring {} could not tell whether all is well",
                at + 1
            ),
        ),
    }
}

fn end(run: &Run) -> Vec<Directive> {
    if run.in_flight() > 0 {
        return Vec::new();
    }
    let is_good = run
        .members()
        .all(|member| matches!(member.state, HostWord::Verified | HostWord::Noop));
    vec![Directive::End(if is_good {
        RunState::Finished
    } else {
        RunState::Failed
    })]
}

fn backward(run: &Run) -> Vec<Directive> {
    let is_to_undo =
        |state: HostWord| matches!(state, HostWord::Verified | HostWord::Failed | HostWord::Lost);
    let mut waiting = run
        .members()
        .filter(|member| member.is_touched && is_to_undo(member.state))
        .peekable();
    if waiting.peek().is_some() {
        let room = HOSTS_AT_ONCE.saturating_sub(run.in_flight());
        return waiting
            .take(room)
            .map(|member| Directive::Undo(member.asset.clone()))
            .collect();
    }
    if run.in_flight() > 0 {
        return Vec::new();
    }
    let is_short = run
        .members()
        .any(|member| member.state == HostWord::NotRolledBack);
    vec![Directive::End(if is_short {
        RunState::NotRolledBack
    } else {
        RunState::RolledBack
    })]
}

#[cfg(test)]
#[path = "next_tests.rs"]
mod tests;
