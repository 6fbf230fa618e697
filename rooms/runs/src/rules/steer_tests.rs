//! What people may say to a run in which state.

use super::*;
use crate::rules::{Gate, Member, RunId, RunRing};
use basis::{Actor, Authentication, AuthorityTable, Id, PersonId, Proven, Role, Span, Time};
use ledger::Hash;

fn authority<A: basis::Act>() -> Authority<A> {
    let table = AuthorityTable::new([(A::NAME.to_owned(), [Role::Technician].into())]);
    let actor = Actor {
        person: PersonId::from_number(1),
        authentication: Authentication::Token,
        proven: Proven::Now,
        roles: [Role::Technician].into(),
        scope: None,
    };
    actor.may::<A>(RunId::from_number(1), &table).unwrap()
}

fn asset(number: usize) -> Subject {
    Subject::parse(&format!("AST-{number:04}")).unwrap()
}

fn run(state: RunState, hosts: &[HostWord]) -> Run {
    let member = |(at, state): (usize, &HostWord)| Member {
        asset: asset(at + 1),
        state: *state,
        attempt: 1,
        open_step: None,
        is_touched: matches!(state, HostWord::Failed | HostWord::Verified),
        reason: None,
    };
    Run {
        id: RunId::from_number(1),
        change: Subject::parse("CHG-0001").unwrap(),
        plan: Hash::of(b""),
        permit: Subject::parse("PMT-0001").unwrap(),
        executor: PersonId::from_number(1),
        started_at: Time::from_ms(0),
        ended_at: None,
        state,
        reason: None,
        halt_percent: 10,
        soak: Span::seconds(0),
        rings: vec![RunRing {
            gate: Gate::Person,
            members: hosts.iter().enumerate().map(member).collect(),
            ended_at: None,
            verdict: None,
            is_passed: false,
            accepted: 0,
        }],
    }
}

#[test]
fn each_decision_has_its_states_and_every_other_is_refused_with_a_way_on() {
    for state in RunState::ALL {
        let run = run(*state, &[HostWord::Failed]);
        let waits = matches!(state, RunState::Paused | RunState::Halted);
        let rows = [
            (
                halt(&authority(), &run, "x"),
                matches!(state, RunState::Running | RunState::Paused),
            ),
            (decide(&authority(), &run, Decision::GoOn, "x", &[]), waits),
            (decide(&authority(), &run, Decision::GiveUp, "x", &[]), waits),
            (
                decide(&authority(), &run, Decision::Halt, "x", &[]),
                *state == RunState::Paused,
            ),
            (
                roll_back(&authority(), &run, "x"),
                waits || matches!(state, RunState::Finished | RunState::Failed),
            ),
        ];
        for (at, (answer, expected)) in rows.into_iter().enumerate() {
            assert_eq!(answer.is_ok(), expected, "{state}, row {at}");
            assert!(
                answer.is_ok() || !answer.unwrap_err().way_out.is_empty(),
                "{state}, row {at}"
            );
        }
    }
}

#[test]
fn a_reason_is_never_empty_and_has_a_limit() {
    let run = run(RunState::Running, &[HostWord::Queued]);
    for (reason, is_good) in [
        ("", false),
        ("  ", false),
        (&*"é".repeat(REASON_CHARS_MAX), true),
        (&*"é".repeat(REASON_CHARS_MAX + 1), false),
    ] {
        assert_eq!(halt(&authority(), &run, reason).is_ok(), is_good);
    }
}

#[test]
fn letting_a_run_go_on_behind_a_ring_opens_the_next_unless_hosts_are_tried_again() {
    let mut run = run(RunState::Paused, &[HostWord::Failed, HostWord::Verified]);
    let types = |run: &Run, retry: &[Subject]| {
        let events = decide(&authority(), run, Decision::GoOn, "x", retry).unwrap();
        events.types().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(types(&run, &[]), ["runs.decided"]);
    run.rings[0].ended_at = Some(Time::from_ms(1));
    assert_eq!(types(&run, &[]), ["runs.decided", "runs.ring_passed"]);
    assert_eq!(types(&run, &[asset(1)]), ["runs.decided"]);
    for wrong in [asset(2), asset(3)] {
        assert!(decide(&authority(), &run, Decision::GoOn, "x", &[wrong]).is_err());
    }
}

#[test]
fn a_run_with_hosts_in_work_is_not_given_up_and_one_that_did_nothing_not_undone() {
    let busy = run(RunState::Halted, &[HostWord::Applying]);
    assert!(decide(&authority(), &busy, Decision::GiveUp, "x", &[]).is_err());
    let idle = run(RunState::Halted, &[HostWord::Queued]);
    assert!(roll_back(&authority(), &idle, "x").is_err());
}
