//! What plans follow from which facts.

use super::*;
use basis::Span;
use policy::{Classification, Criticality, Environment, Exposure};
use proptest::prelude::*;

use crate::rules::{GatePlace, plan_text};

fn asset(number: usize) -> Subject {
    Subject::parse(&format!("AST-{number:04}")).unwrap()
}

fn simulated(package: &str, from: Option<&str>, to: Option<&str>) -> SimulatedPackage {
    SimulatedPackage {
        package: package.into(),
        from: from.map(Into::into),
        to: to.map(Into::into),
    }
}

fn candidate(number: usize) -> Candidate {
    Candidate {
        facts: AssetFacts {
            asset: asset(number),
            classification: Classification::Cui,
            criticality: Criticality::Low,
            exposure: Exposure::Internal,
            environment: Environment::Production,
        },
        name: format!("web{number:02}"),
        os: "Debian 12".into(),
        role: "web".into(),
        patch_group: String::new(),
        is_controller: false,
        choice: Choice {
            taken: vec![("perl".into(), "2".into())],
            left_out: Vec::new(),
        },
        look: Look {
            machine_id: Some("0".repeat(32)),
            free: BTreeMap::from([("/".to_owned(), 1 << 30)]),
            reboot: RebootWord::NotNeeded,
            broken: Vec::new(),
            simulated: vec![
                simulated("perl-new", None, Some("2")),
                simulated("perl", Some("1"), Some("2")),
            ],
            refusals: Vec::new(),
            available: BTreeMap::from([("perl".to_owned(), BTreeSet::from(["2".to_owned()]))]),
        },
    }
}

fn input(count: usize) -> PlanInput {
    PlanInput {
        change: Subject::parse("CHG-0001").unwrap(),
        policy_version: 3,
        terms: RingTerms {
            paragraph: "4.4".into(),
            shares_percent: vec![10, 100],
            pilot_least: 1,
            ring_least: 1,
            halt_percent: 10,
            soak: Span::minutes(30),
            gate: RingGate::Command,
        },
        gate: None,
        reboot: Reboot::WhenNeeded,
        now: Time::from_ms(1_000),
        hosts: (1..=count).map(candidate).collect(),
    }
}

#[test]
fn a_plan_says_for_each_package_what_was_what_will_be_and_whether_there_is_a_way_back() {
    let mut input = input(2);
    input.hosts[1]
        .look
        .available
        .get_mut("perl")
        .unwrap()
        .insert("1".into());
    let plan = plan(&input).unwrap();
    let undo = |number: usize| -> Vec<(String, Undo)> {
        let host = plan.host(&asset(number)).unwrap();
        host.packages
            .iter()
            .map(|change| (change.package.clone(), change.undo))
            .collect()
    };
    assert_eq!(
        undo(1),
        [("perl".into(), Undo::None), ("perl-new".into(), Undo::Stays)]
    );
    assert_eq!(
        undo(2),
        [
            ("perl".into(), Undo::Repository),
            ("perl-new".into(), Undo::Stays)
        ]
    );
    let sizes: Vec<usize> = plan.rings.iter().map(|ring| ring.hosts.len()).collect();
    assert_eq!(sizes, [1, 1]);
    assert_eq!(
        (&plan.rings[0].gate, &plan.rings[1].gate),
        (&Gate::Person, &Gate::None)
    );
}

#[test]
fn a_command_takes_the_place_of_the_person_between_rings() {
    let mut input = input(2);
    let command = GateCommand {
        argv: vec!["true".into()],
        on: GatePlace::Controller,
        timeout_s: 60,
    };
    input.gate = Some(command.clone());
    assert_eq!(plan(&input).unwrap().rings[0].gate, Gate::Command(command));
    input.gate = None;
    input.terms.gate = RingGate::Soak;
    assert_eq!(plan(&input).unwrap().rings[0].gate, Gate::Soak);
}

#[test]
fn a_gate_command_has_limits() {
    let with = |argv: Vec<String>, timeout_s: u32| {
        let mut input = input(1);
        input.gate = Some(GateCommand {
            argv,
            on: GatePlace::Hosts,
            timeout_s,
        });
        plan(&input).is_ok()
    };
    let words = |count: usize| vec!["x".to_owned(); count];
    assert!(with(words(GATE_WORDS_MAX), GATE_TIMEOUT_S_MAX));
    assert!(!with(words(GATE_WORDS_MAX + 1), 1));
    assert!(!with(words(1), GATE_TIMEOUT_S_MAX + 1));
    assert!(!with(words(1), 0));
    assert!(!with(words(0), 1));
    assert!(with(vec!["x".repeat(GATE_BYTES_MAX)], 1));
    assert!(!with(vec!["x".repeat(GATE_BYTES_MAX + 1)], 1));
    assert!(!with(vec!["a\nb".into()], 1));
}

#[test]
fn whatever_stands_in_the_way_is_named_with_its_host() {
    type Spoil = fn(&mut Candidate);
    let rows: &[(&str, Spoil)] = &[
        ("would be removed", |host| {
            host.look.simulated.push(simulated("old", Some("1"), None))
        }),
        ("would refuse: E", |host| host.look.refusals.push("E".into())),
        ("would not bring perl to 2", |host| {
            host.look.simulated[1].to = Some("3".into())
        }),
        ("installed only in part", |host| host.look.broken.push("x".into())),
        ("are needed", |host| {
            host.look.free.extend([("/var".into(), FREE_BYTES_LEAST - 1)])
        }),
    ];
    for (expected, spoil) in rows {
        let mut input = input(2);
        spoil(&mut input.hosts[1]);
        let refusal = plan(&input).unwrap_err();
        assert_eq!(refusal.missing.len(), 1, "{refusal}");
        assert!(
            refusal.missing[0].starts_with("on web02 (AST-0002): "),
            "{refusal}"
        );
        assert!(refusal.missing[0].contains(expected), "{refusal}");
    }
    let mut enough = input(1);
    enough.hosts[0].look.free.insert("/var".into(), FREE_BYTES_LEAST);
    assert!(plan(&enough).is_ok());
}

#[test]
fn a_host_with_nothing_to_do_is_looked_at_too_but_a_plan_of_nothing_is_refused() {
    let mut input = input(2);
    input.hosts[0].choice = Choice::default();
    input.hosts[0].look.simulated.clear();
    assert_eq!(plan(&input).unwrap().hosts().count(), 2);
    input.hosts[1] = Candidate {
        facts: input.hosts[1].facts.clone(),
        ..input.hosts[0].clone()
    };
    assert!(
        plan(&input)
            .unwrap_err()
            .what
            .starts_with("nothing of what was chosen")
    );
}

#[test]
fn a_plan_has_at_most_its_number_of_hosts() {
    assert!(plan(&input(PLANNED_HOSTS_MAX)).is_ok());
    assert_eq!(
        plan(&input(PLANNED_HOSTS_MAX + 1)).unwrap_err().class,
        Class::Limit
    );
}

#[test]
fn the_machine_that_carries_out_the_run_is_never_rebooted_by_it() {
    let mut input = input(2);
    input.hosts[0].is_controller = true;
    let plan = plan(&input).unwrap();
    assert_eq!(plan.rings.last().unwrap().hosts[0].reboot, Reboot::Never);
    assert_eq!(plan.rings[0].hosts[0].reboot, Reboot::WhenNeeded);
}

#[test]
fn a_plan_reads_back_from_its_document() {
    let plan = plan(&input(3)).unwrap();
    let document = plan.document().unwrap();
    let again: Plan = ledger::canonical::from_canonical(&document).unwrap();
    assert_eq!((again.digest().unwrap(), &again), (plan.digest().unwrap(), &plan));
}

#[test]
fn the_text_of_a_plan_shows_every_step_and_what_cannot_be_undone() {
    let mut input = input(2);
    input.hosts[1].choice.left_out.push(crate::rules::LeftOut {
        package: "vim".into(),
        reason: "it is on hold".into(),
    });
    let text = plan_text(&plan(&input).unwrap()).unwrap();
    for line in [
        "perl 1 -> 2 (no way back: 1 is in no repository of this host)",
        "perl-new comes in at 2",
        "left out: vim, because it is on hold",
        "Then: watch for 30 min, then a person decides.",
        "Halt: when 10 percent of a ring have failed or are lost, no further host is begun (paragraph 4.4).",
    ] {
        assert!(text.contains(line), "`{line}` is not in\n{text}");
    }
}

proptest! {
    #[test]
    fn a_plan_follows_from_its_facts_in_whatever_order_the_hosts_come(count in 1usize..20, turn in 0usize..20) {
        let mut input = input(count);
        let first = plan(&input).unwrap();
        input.hosts.rotate_left(turn % count);
        prop_assert_eq!(plan(&input).unwrap().digest().unwrap(), first.digest().unwrap());
        prop_assert_eq!(first.hosts().count(), count);
    }
}
