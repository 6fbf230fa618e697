//! What the runner records about rings, gates and the end of a run.

use basis::{Actor, Authentication, Class, Proven, Refusal};
use ledger::events::{Event, Events};
use storage::{By, Organisation, Tx};

use super::{by_runner, change_of, existing};
use crate::rules::{
    Directive, Ended, GateFound, Halted, Paused, RingEnded, RingPassed, Run, RunId, RunState, Verdict, next,
};

/// The longest words of a gate that are recorded, in characters.
const SAID_CHARS_MAX: usize = 4_000;

/// Records `event` if the rules of this very moment still ask for `directive`.
fn note<E: Event>(
    organisation: &Organisation,
    id: RunId,
    directive: &Directive,
    event: E,
) -> Result<(), Refusal> {
    let mut tx = organisation.begin("runs.note")?;
    let run = existing(&tx.view(), id)?;
    if !next(&run, organisation.now()).contains(directive) {
        return Ok(());
    }
    tx.record(by_runner(&run), Events::one(event))?;
    Ok(tx.commit()?)
}

/// Notes that every host of the ring (counted from 0) is at an end.
pub fn end_ring(organisation: &Organisation, run: RunId, at: usize) -> Result<(), Refusal> {
    note(
        organisation,
        run,
        &Directive::EndRing(at),
        RingEnded {
            run,
            ring: at as u64 + 1,
        },
    )
}

/// Lets the next ring begin.
pub fn pass_ring(organisation: &Organisation, run: RunId, at: usize) -> Result<(), Refusal> {
    note(
        organisation,
        run,
        &Directive::PassRing(at),
        RingPassed {
            run,
            ring: at as u64 + 1,
        },
    )
}

/// Notes what the gate behind the ring said.
pub fn note_gate(
    organisation: &Organisation,
    run: RunId,
    at: usize,
    verdict: Verdict,
    said: &str,
) -> Result<(), Refusal> {
    let said = said.chars().take(SAID_CHARS_MAX).collect();
    note(
        organisation,
        run,
        &Directive::AskGate(at),
        GateFound {
            run,
            ring: at as u64 + 1,
            verdict,
            said,
        },
    )
}

/// Waits for a person.
pub fn pause(organisation: &Organisation, run: RunId, at: usize, reason: String) -> Result<(), Refusal> {
    let directive = Directive::Pause(at, reason.clone());
    note(
        organisation,
        run,
        &directive,
        Paused {
            run,
            ring: at as u64 + 1,
            reason,
        },
    )
}

/// Halts the run because the rules say so.
pub fn halt_by_rule(organisation: &Organisation, run: RunId, reason: String) -> Result<(), Refusal> {
    note(
        organisation,
        run,
        &Directive::Halt(reason.clone()),
        Halted { run, reason },
    )
}

/// Ends the run, and tells the change.
pub fn end_run(organisation: &Organisation, id: RunId, state: RunState) -> Result<(), Refusal> {
    let mut tx = organisation.begin("runs.end")?;
    let run = existing(&tx.view(), id)?;
    if !next(&run, organisation.now()).contains(&Directive::End(state)) {
        return Ok(());
    }
    let failed = run.members().filter(|member| member.state.is_failure()).count();
    let hosts = run.members().count();
    let reason = match state {
        RunState::Finished => None,
        RunState::RolledBack => run.reason.clone(),
        RunState::NotRolledBack => Some(format!(
            "{failed} of {hosts} hosts could not be brought back wholly"
        )),
        _ => Some(format!("{failed} of {hosts} hosts are not as approved")),
    };
    let by = by_runner(&run);
    tx.record(by.clone(), Events::one(Ended::of(&run, state, reason.clone())))?;
    tell_change(&mut tx, &by, &run, state, reason)?;
    Ok(tx.commit()?)
}

fn tell_change(
    tx: &mut Tx<'_>,
    by: &By,
    run: &Run,
    state: RunState,
    reason: Option<String>,
) -> Result<(), Refusal> {
    use changes::rules::Move;
    let change = change_of(&tx.view(), run)?;
    let reason = format!("{}: {}", run.id, reason.unwrap_or_else(|| state.in_words()));
    let can = |step: Move| step.from().contains(&change.state);
    match state {
        RunState::Finished if can(Move::Finish) => changes::done(tx, by, change.id)?,
        RunState::RolledBack if can(Move::RollBack) => changes::rolled_back(tx, by, change.id, reason)?,
        RunState::Failed | RunState::NotRolledBack if can(Move::Fail) => {
            changes::failed(tx, by, change.id, reason)?
        }
        // Somebody moved the change on while the run came to its end; the run's own record says how that was.
        _ => {}
    }
    Ok(())
}

/// The person who started the run, acting through the runner with the roles they hold at this moment.
pub fn actor_of(organisation: &Organisation, id: RunId) -> Result<Actor, Refusal> {
    organisation.view(|view| {
        let run = existing(view, id)?;
        let person = people::find(view, run.executor)?
            .filter(|person| person.is_active)
            .ok_or_else(|| {
                Refusal::new(
                    Class::Forbidden,
                    "people",
                    format!("{} may not act any more", run.executor),
                )
                .way_out("let another person start a run")
            })?;
        Ok(Actor {
            person: person.id,
            authentication: Authentication::Runner,
            proven: Proven::Now,
            roles: person.usable_roles(),
            scope: None,
        })
    })
}
