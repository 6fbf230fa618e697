//! One run while it goes on: rings, hosts, steps, packages, gates, and how to steer it.

use askama::Template;
use basis::{Id, PersonId, Refusal, Span, Subject, Time};
use frame::pages::{Choice, Form, Moment, Page, State, Tone};
use frame::{Call, Nothing};
use ledger::Hash;

use super::{state, words};
use crate::acts;
use crate::api::RunView;
use crate::api::shapes::{HostView, PackageView, RingView, StepView};
use crate::rules::{Gate, HostWord, Member, Run, RunId, RunRing, RunState, Step};

/// The page.
#[derive(Template)]
#[template(path = "run.html")]
pub(super) struct RunPage {
    run: RunView,
    /// Who answers for the work, in words.
    executor: String,
    halt: Form,
    decide: Form,
    roll_back: Form,
}

impl RunPage {
    fn state(&self, name: &str) -> State {
        state(name)
    }

    /// How a step ended: in a state in which the host stays, or in passing it on to the next step.
    fn ended(&self, name: &str) -> State {
        match HostWord::named(name).filter(|word| word.is_at_end()) {
            Some(_) => state(name),
            None => State::new("done", Tone::Good),
        }
    }

    fn words(&self, name: &str) -> String {
        words(name)
    }

    fn moment(&self, time: &Time) -> Moment {
        Moment(*time)
    }

    fn waits(&self) -> bool {
        matches!(self.run.state.as_str(), "paused" | "halted")
    }

    fn is_going_on(&self) -> bool {
        self.run.state == RunState::Running.name()
    }

    fn may_be_undone(&self) -> bool {
        let (state, over) = (self.run.state.as_str(), self.run.is_over);
        self.waits() || over && state != RunState::RolledBack.name()
    }

    fn done(&self, ring: &RingView) -> usize {
        let is_done = |host: &&HostView| HostWord::named(&host.state).is_some_and(HostWord::is_at_end);
        ring.hosts.iter().filter(is_done).count()
    }

    fn decisions(&self) -> Vec<Choice> {
        vec![
            Choice::new("go_on", "Go on").hint("with the hosts that are left, and those begun again"),
            Choice::new("halt", "Stay halted").hint("no further host is begun"),
            Choice::new("give_up", "Give up").hint("the run ends as failed"),
        ]
    }

    fn retries(&self) -> Vec<Choice> {
        let hosts = self.run.rings.iter().flat_map(|ring| &ring.hosts);
        hosts
            .filter(|host| HostWord::named(&host.state).is_some_and(HostWord::is_failure))
            .map(|host| Choice::new(&host.asset, format!("{} ({})", host.name, words(&host.state))))
            .collect()
    }
}

impl Page for RunPage {
    fn title(&self) -> String {
        format!("{} of {}", self.run.run, self.run.change)
    }

    fn is_live(&self) -> bool {
        !self.run.is_over
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |run: &Run| {
            let path = |act: &str| Form::sample(&format!("/runs/{}/{act}", run.id));
            Self {
                run: sample_view(run),
                executor: "Cleo Park (PER-0004)".to_owned(),
                halt: path("halt"),
                decide: path("decision"),
                roll_back: path("roll-back"),
            }
        };
        let runs = sample_runs();
        vec![
            ("running", page(&runs[0])),
            ("halted", page(&runs[1])),
            ("finished", page(&runs[2])),
        ]
    }
}

pub(super) fn show_run(call: &Call<'_, Nothing>) -> Result<RunPage, Refusal> {
    let id: RunId = call.id("run")?;
    let path = |act: &str| call.form(format!("/runs/{id}/{act}"));
    let run = RunView::of(&acts::show(call.organisation(), call.actor, id)?);
    let executor = call
        .organisation()
        .view(|view| people::in_words(view, run.executor))?;
    Ok(RunPage {
        run,
        executor,
        halt: path("halt"),
        decide: path("decision"),
        roll_back: path("roll-back"),
    })
}

/// Runs for samples: going on, halted by a failure, finished.
pub(super) fn sample_runs() -> Vec<Run> {
    use HostWord::{Applying, Failed, Queued, Verified};
    vec![
        sample_run(1, RunState::Running, &[&[Verified], &[Applying, Queued]]),
        sample_run(2, RunState::Halted, &[&[Verified, Failed], &[Queued]]),
        sample_run(3, RunState::Finished, &[&[Verified], &[Verified, Verified]]),
    ]
}

fn sample_run(number: u64, state: RunState, rings: &[&[HostWord]]) -> Run {
    let started_at = Time::from_ms(1_795_600_000_000);
    let subject = |kind: &str, number: usize| {
        let text = format!("{kind}-{number:04}");
        Subject::parse(&text).unwrap_or_else(|| RunId::from_number(1).subject())
    };
    let member = |(index, word): (usize, &HostWord)| Member {
        asset: subject("AST", index + 1),
        state: *word,
        attempt: 1,
        open_step: (*word == HostWord::Applying).then_some(Step::Apply),
        is_touched: *word != HostWord::Queued,
        reason: (*word == HostWord::Failed)
            .then(|| "libc6 is not as approved: 2.36-9+deb12u9 was found".to_owned()),
    };
    let ring = |words: &&[HostWord]| RunRing {
        gate: Gate::None,
        members: words.iter().enumerate().map(member).collect(),
        ended_at: state.is_over().then_some(started_at),
        verdict: None,
        is_passed: state.is_over(),
        accepted: 0,
    };
    Run {
        id: RunId::from_number(number),
        change: subject("CHG", 7),
        plan: Hash::of(b"plan"),
        permit: subject("PMT", 3),
        executor: PersonId::from_number(4),
        started_at,
        ended_at: state.is_over().then(|| started_at + Span::minutes(42)),
        state,
        reason: (state == RunState::Halted).then(|| "one of two hosts of ring 1 failed".to_owned()),
        halt_percent: 10,
        soak: Span::minutes(10),
        rings: rings.iter().map(ring).collect(),
    }
}

/// A run of samples, without steps and packages but for one host.
fn sample_view(run: &Run) -> RunView {
    let host = |member: &Member| HostView {
        asset: member.asset.to_string(),
        name: format!("{}.kestrel.example", member.asset.to_string().to_lowercase()),
        state: member.state.name().to_owned(),
        attempt: member.attempt,
        reason: member.reason.clone(),
        steps: vec![StepView {
            step: Step::Apply.name().to_owned(),
            attempt: 1,
            started_at: run.started_at,
            finished_at: run.ended_at,
            state: run.ended_at.map(|_| member.state.name().to_owned()),
            differences: Vec::new(),
        }],
        packages: vec![PackageView {
            package: "libc6".to_owned(),
            step: Step::Apply.name().to_owned(),
            attempt: 1,
            wanted: "2.36-9+deb12u10".to_owned(),
            before: "2.36-9+deb12u9".to_owned(),
            after: "2.36-9+deb12u10".to_owned(),
            outcome: "fixed".to_owned(),
            reason: "the version approved is installed".to_owned(),
        }],
    };
    let ring = |ring: &RunRing| RingView {
        is_passed: ring.is_passed,
        ended_at: ring.ended_at,
        verdict: ring.is_passed.then(|| "pass".to_owned()),
        said: ring.is_passed.then(|| "200 OK\n".to_owned()),
        hosts: ring.members.iter().map(host).collect(),
    };
    RunView {
        run: run.id,
        change: run.change.to_string(),
        plan: run.plan.to_string(),
        permit: run.permit.to_string(),
        executor: run.executor,
        started_at: run.started_at,
        ended_at: run.ended_at,
        state: run.state.name().to_owned(),
        is_over: run.state.is_over(),
        reason: run.reason.clone(),
        rings: run.rings.iter().map(ring).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_done_or_leaves_the_host_where_it_stays() {
        let (_, page) = RunPage::samples().remove(0);
        for (state, shown) in [
            ("baseline", "done"),
            ("applying", "done"),
            ("failed", "failed"),
            ("verified", "verified"),
            ("not_rolled_back", "not rolled back"),
        ] {
            assert_eq!(page.ended(state).word(), shown);
        }
    }
}
