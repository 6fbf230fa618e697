//! What people decide about a run that goes on: halt it, let it go on, undo it, give it up.

use basis::{Authority, Class, Refusal, Subject};
use ledger::events::Events;

use super::events::{Decided, Ended, Halted, RingPassed, RollBackStarted};
use super::host::HostWord;
use super::run::{Run, RunState};
use super::{DecideGate, Halt, RollBack};

/// The longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;

words!(
    /// What a person says to a paused or halted run.
    Decision, "decision on a run":
    /// It goes on.
    GoOn = "go_on",
    /// It is halted for now.
    Halt = "halt",
    /// It ends here, as failed.
    GiveUp = "give_up",
);

fn conflict(run: &Run, verb: &str) -> Refusal {
    let what = format!("{} is {} and cannot be {verb}", run.id, run.state.in_words());
    let refusal = Refusal::new(Class::Conflict, "life of a run", what);
    match run.state {
        state if state.is_over() => {
            refusal.way_out(format!("start another run: `tagout run start {}`", run.change))
        }
        RunState::RollingBack => refusal.way_out(format!("wait for its end: `tagout run watch {}`", run.id)),
        RunState::Running => refusal.way_out(format!(
            "halt it first: `tagout run halt {} --reason TEXT`",
            run.id
        )),
        _ => refusal.way_out(format!(
            "decide how it goes on: `tagout run decide {} go-on --reason TEXT`",
            run.id
        )),
    }
}

fn check_reason(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if (1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Ok(reason.to_owned());
    }
    Err(Refusal::new(
        Class::Invalid,
        "reason",
        format!("a reason has 1 to {REASON_CHARS_MAX} characters"),
    )
    .way_out("say in a sentence why"))
}

/// Halts the run: no further host is begun; hosts in work come to their end.
pub fn halt(_: &Authority<Halt>, run: &Run, reason: &str) -> Result<Events, Refusal> {
    let reason = check_reason(reason)?;
    match run.state {
        RunState::Running | RunState::Paused => Ok(Events::one(Halted { run: run.id, reason })),
        _ => Err(conflict(run, "halted")),
    }
}

/// Decides how a paused or halted run goes on. `retry` names failed and lost hosts that are begun again; all other
/// failures so far are accepted by letting the run go on.
pub fn decide(
    _: &Authority<DecideGate>,
    run: &Run,
    decision: Decision,
    reason: &str,
    retry: &[Subject],
) -> Result<Events, Refusal> {
    let reason = check_reason(reason)?;
    match (decision, run.state) {
        (Decision::Halt, RunState::Paused) => Ok(Events::one(Halted { run: run.id, reason })),
        (Decision::GoOn, RunState::Paused | RunState::Halted) => go_on(run, reason, retry),
        (Decision::GiveUp, RunState::Paused | RunState::Halted) if run.in_flight() == 0 => {
            Ok(Events::one(Ended::of(run, RunState::Failed, Some(reason))))
        }
        (Decision::GiveUp, RunState::Paused | RunState::Halted) => {
            let what = format!("{} of its hosts are in work", run.in_flight());
            Err(Refusal::new(Class::Conflict, "life of a run", what)
                .way_out(format!("wait for them: `tagout run watch {}`", run.id)))
        }
        _ => Err(conflict(run, "decided about")),
    }
}

fn go_on(run: &Run, reason: String, retry: &[Subject]) -> Result<Events, Refusal> {
    for asset in retry {
        let state = run.member(asset).map(|member| member.state);
        if !matches!(state, Some(HostWord::Failed | HostWord::Lost)) {
            let what = match state {
                Some(state) => format!(
                    "{asset} is {} in {} and cannot be tried again",
                    state.in_words(),
                    run.id
                ),
                None => format!("{asset} is no host of {}", run.id),
            };
            return Err(Refusal::new(Class::Conflict, "another attempt", what)
                .missing("a host that failed or was lost")
                .way_out(format!("see them: `tagout run show {}`", run.id)));
        }
    }
    let at = run.current_ring().unwrap_or_default();
    let mut retry = retry.to_vec();
    retry.sort();
    retry.dedup();
    let is_behind = run.rings.get(at).is_some_and(|ring| ring.ended_at.is_some());
    let events = Events::one(Decided {
        run: run.id,
        ring: at as u64 + 1,
        decision: Decision::GoOn,
        reason,
        retry: retry.clone(),
    });
    // Behind the ring the question was whether the next one begins; with hosts to try again the ring is not over.
    Ok(match is_behind && retry.is_empty() {
        true => events.and(RingPassed {
            run: run.id,
            ring: at as u64 + 1,
        }),
        false => events,
    })
}

/// Undoes what the run did: hosts that were not begun are skipped, touched ones are brought back.
pub fn roll_back(_: &Authority<RollBack>, run: &Run, reason: &str) -> Result<Events, Refusal> {
    let reason = check_reason(reason)?;
    match run.state {
        RunState::Paused | RunState::Halted | RunState::Finished | RunState::Failed => {}
        _ => return Err(conflict(run, "rolled back")),
    }
    if !run.members().any(|member| member.is_touched) {
        return Err(Refusal::new(
            Class::Conflict,
            "life of a run",
            format!("{} changed nothing on any host", run.id),
        )
        .way_out(format!(
            "give it up: `tagout run decide {} give-up --reason TEXT`",
            run.id
        )));
    }
    Ok(Events::one(RollBackStarted { run: run.id, reason }))
}

#[cfg(test)]
#[path = "steer_tests.rs"]
mod tests;
