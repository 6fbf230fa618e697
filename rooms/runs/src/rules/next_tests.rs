//! What a run does next, in tables and by playing whole runs.

use super::*;
use crate::rules::{GateCommand, GatePlace, Member, RunId, halts};
use basis::{Id, PersonId, Span};
use ledger::Hash;
use proptest::prelude::*;

fn asset(number: usize) -> Subject {
    Subject::parse(&format!("AST-{number:04}")).unwrap()
}

fn run(sizes: &[usize], gate: Gate, halt_percent: u8) -> Run {
    let mut number = 0;
    let mut ring = |at: usize, size: usize| RunRing {
        gate: if at + 1 == sizes.len() {
            Gate::None
        } else {
            gate.clone()
        },
        members: (0..size)
            .map(|_| {
                number += 1;
                Member {
                    asset: asset(number),
                    state: HostWord::Queued,
                    attempt: 1,
                    open_step: None,
                    is_touched: false,
                    reason: None,
                }
            })
            .collect(),
        ended_at: None,
        verdict: None,
        is_passed: false,
        accepted: 0,
    };
    Run {
        id: RunId::from_number(1),
        change: Subject::parse("CHG-0001").unwrap(),
        plan: Hash::of(b""),
        permit: Subject::parse("PMT-0001").unwrap(),
        executor: PersonId::from_number(1),
        started_at: Time::from_ms(0),
        ended_at: None,
        state: RunState::Running,
        reason: None,
        halt_percent,
        soak: Span::minutes(30),
        rings: sizes
            .iter()
            .enumerate()
            .map(|(at, size)| ring(at, *size))
            .collect(),
    }
}

fn command() -> Gate {
    Gate::Command(GateCommand {
        argv: vec!["true".into()],
        on: GatePlace::Controller,
        timeout_s: 1,
    })
}

fn done(run: &mut Run, ring: usize, state: HostWord) {
    for member in &mut run.rings[ring].members {
        member.state = state;
    }
}

fn at(minutes: i64) -> Time {
    Time::from_ms(0) + Span::minutes(minutes)
}

#[test]
fn a_ring_is_begun_up_to_the_limit_and_the_next_one_waits() {
    let mut run = run(&[HOSTS_AT_ONCE + 1, 1], Gate::Soak, 10);
    let begun = next(&run, at(0));
    assert_eq!(begun.len(), HOSTS_AT_ONCE);
    for member in &mut run.rings[0].members[..HOSTS_AT_ONCE] {
        member.state = HostWord::Applying;
    }
    assert!(
        next(&run, at(0))
            .iter()
            .all(|directive| matches!(directive, Directive::GoOn(_)))
    );
    run.rings[0].members[0].state = HostWord::Verified;
    assert_eq!(
        next(&run, at(0)).last(),
        Some(&Directive::Begin(asset(HOSTS_AT_ONCE + 1)))
    );
}

#[test]
fn between_rings_there_is_soak_time_and_then_the_gate() {
    let mut run = run(&[1, 1], command(), 10);
    done(&mut run, 0, HostWord::Verified);
    assert_eq!(next(&run, at(0)), [Directive::EndRing(0)]);
    run.rings[0].ended_at = Some(at(0));
    assert_eq!(next(&run, at(29)), [Directive::WaitUntil(at(30))]);
    assert_eq!(next(&run, at(30)), [Directive::AskGate(0)]);
    run.rings[0].verdict = Some(Verdict::Pass);
    assert_eq!(next(&run, at(30)), [Directive::PassRing(0)]);
    run.rings[0].verdict = Some(Verdict::Fail);
    assert!(matches!(next(&run, at(30))[..], [Directive::Halt(_)]));
    run.rings[0].verdict = Some(Verdict::Unknown);
    assert!(matches!(next(&run, at(30))[..], [Directive::Pause(0, _)]));
    run.rings[0].gate = Gate::Person;
    run.rings[0].verdict = None;
    assert!(matches!(next(&run, at(30))[..], [Directive::Pause(0, _)]));
    run.rings[0].gate = Gate::Soak;
    assert_eq!(next(&run, at(30)), [Directive::PassRing(0)]);
}

#[test]
fn the_first_failure_at_the_threshold_stops_the_next_host_but_not_the_one_in_work() {
    for failure in [HostWord::Failed, HostWord::Lost] {
        let mut run = run(&[3, 1], Gate::Soak, 10);
        run.rings[0].members[0].state = failure;
        run.rings[0].members[1].state = HostWord::Applying;
        let [Directive::GoOn(working), Directive::Halt(reason)] = &next(&run, at(0))[..] else {
            panic!("{:?}", next(&run, at(0)));
        };
        assert_eq!(
            (working, reason.as_str()),
            (&asset(2), "1 of the 3 hosts of ring 1 have failed or are lost")
        );
        run.state = RunState::Halted;
        assert_eq!(next(&run, at(0)), [Directive::GoOn(asset(2))]);
        run.state = RunState::Running;
        run.rings[0].accepted = 1;
        assert_eq!(next(&run, at(0)).last(), Some(&Directive::Begin(asset(3))));
    }
}

#[test]
fn a_run_ends_as_its_hosts_did() {
    for (state, expected) in [
        (HostWord::Verified, RunState::Finished),
        (HostWord::Noop, RunState::Finished),
        (HostWord::Failed, RunState::Failed),
        (HostWord::Skipped, RunState::Failed),
    ] {
        let mut run = run(&[1], Gate::None, 10);
        done(&mut run, 0, state);
        assert_eq!(next(&run, at(0)), [Directive::End(expected)], "{state}");
        run.state = expected;
        assert_eq!(next(&run, at(0)), []);
    }
}

#[test]
fn undoing_reaches_every_touched_host_and_no_other() {
    let mut run = run(&[4], Gate::None, 10);
    run.state = RunState::RollingBack;
    let states = [
        HostWord::Verified,
        HostWord::Failed,
        HostWord::Noop,
        HostWord::Applying,
    ];
    for (member, state) in run.rings[0].members.iter_mut().zip(states) {
        (member.state, member.is_touched) = (state, state != HostWord::Noop && state != HostWord::Failed);
    }
    assert_eq!(
        next(&run, at(0)),
        [Directive::GoOn(asset(4)), Directive::Undo(asset(1))]
    );
    run.rings[0].members[0].state = HostWord::RolledBack;
    assert_eq!(next(&run, at(0)), [Directive::GoOn(asset(4))]);
    run.rings[0].members[3].state = HostWord::NotRolledBack;
    assert_eq!(next(&run, at(0)), [Directive::End(RunState::NotRolledBack)]);
    run.rings[0].members[3].state = HostWord::RolledBack;
    assert_eq!(next(&run, at(0)), [Directive::End(RunState::RolledBack)]);
}

/// Carries out one directive the way the acts do, with `fails` deciding about hosts.
fn carry_out(run: &mut Run, directive: &Directive, now: &mut Time, fails: &[bool]) {
    let number = |asset: &Subject| asset.to_string()[4..].parse::<usize>().unwrap() - 1;
    let mut set = |asset: &Subject, state: HostWord| {
        let members = run.rings.iter_mut().flat_map(|ring| &mut ring.members);
        members
            .into_iter()
            .filter(|member| member.asset == *asset)
            .for_each(|member| member.state = state);
    };
    match directive {
        Directive::Begin(asset) => set(asset, HostWord::Applying),
        Directive::GoOn(asset) if fails[number(asset)] => set(asset, HostWord::Failed),
        Directive::GoOn(asset) => set(asset, HostWord::Verified),
        Directive::Undo(asset) => set(asset, HostWord::RollingBack),
        Directive::EndRing(at) => run.rings[*at].ended_at = Some(*now),
        Directive::WaitUntil(time) => *now = *time,
        Directive::AskGate(at) => run.rings[*at].verdict = Some(Verdict::Pass),
        Directive::PassRing(at) => run.rings[*at].is_passed = true,
        Directive::Pause(..) => run.state = RunState::Paused,
        Directive::Halt(_) => run.state = RunState::Halted,
        Directive::End(state) => run.state = *state,
    }
}

proptest! {
    #[test]
    fn every_run_comes_to_an_end_or_to_a_person_and_never_passes_its_threshold(
        sizes in prop::collection::vec(1usize..12, 1..4),
        fails in prop::collection::vec(prop::bool::weighted(0.2), 36),
        percent in 1u8..=100,
        order in any::<u64>(),
    ) {
        let mut run = run(&sizes, command(), percent);
        let mut now = at(0);
        let mut turn = order;
        for _ in 0..2_000 {
            let directives = next(&run, now);
            if directives.is_empty() {
                break;
            }
            turn = turn.rotate_left(7).wrapping_add(order | 1);
            let directive = directives[(turn % directives.len() as u64) as usize].clone();
            if let Directive::Begin(asset) = &directive {
                let ring = run.rings.iter().find(|ring| ring.members.iter().any(|member| member.asset == *asset)).unwrap();
                prop_assert!(!halts(ring.failures(), ring.accepted, ring.members.len(), percent));
                prop_assert!(run.in_flight() < HOSTS_AT_ONCE);
                let at = run.rings.iter().position(|other| other == ring).unwrap();
                prop_assert!(run.rings[..at].iter().all(|before| before.is_passed && before.is_at_end()));
            }
            carry_out(&mut run, &directive, &mut now, &fails);
        }
        let worked = run.members().count();
        let failed = run.members().filter(|member| member.state.is_failure()).count();
        prop_assert_eq!(worked, sizes.iter().sum::<usize>());
        prop_assert!(run.in_flight() == 0);
        match run.state {
            RunState::Finished => prop_assert_eq!(failed, 0),
            RunState::Failed | RunState::Halted => prop_assert!(failed > 0),
            other => prop_assert!(false, "{other}"),
        }
    }
}
