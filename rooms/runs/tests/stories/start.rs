//! What a run needs at its start, and again before each host.

use basis::{Class, Id, Refusal, Span, Subject};
use changes::{ChangeId, PlanRef};
use ledger::events::Events;
use permits::Narrowed;
use policy::{Action, CLOCK_BEHIND_MAX};
use runs::rules::bounded::REASON_BYTES_MAX;
use runs::rules::{FORM, Planned, PlannedRing, RebootWord};
use runs::{Begun, Gate, HostPlan, HostWord, Plan, Reboot, Report, Run, RunState, Step, StepResult};
use storage::By;

use crate::house::{Story, has_ssh_keygen};

pub fn story() -> Story {
    Story::with(|rooms| {
        rooms
            .room(permits::migrations(), permits::events())
            .room(runs::migrations(), runs::events())
    })
}

fn web02() -> Subject {
    Subject::parse("AST-0002").unwrap()
}

pub fn plan(story: &Story, change: ChangeId) -> Plan {
    let host = HostPlan {
        asset: web02(),
        name: "web02".to_owned(),
        is_controller: false,
        machine_id: None,
        space: Vec::new(),
        reboot_before: RebootWord::NotNeeded,
        packages: Vec::new(),
        left_out: Vec::new(),
        reboot: Reboot::Never,
    };
    Plan {
        form: FORM,
        change: change.subject(),
        made_at: story.now(),
        policy_version: 1,
        paragraph: "4.4".to_owned(),
        halt_percent: 1,
        soak_s: 0,
        rings: vec![PlannedRing {
            name: "ring 1".to_owned(),
            gate: Gate::None,
            hosts: vec![host],
        }],
    }
}

/// A change of `web02` with a plan, in its open window and with its permit.
fn ready(story: &Story) -> ChangeId {
    ready_for(story, &Narrowed::default())
}

/// The same with a permit for less.
fn ready_for(story: &Story, narrowed: &Narrowed) -> ChangeId {
    let organisation = &story.house.organisation;
    let id = story.open("web02").unwrap().id;
    let plan = plan(story, id);
    let (document, digest) = (plan.document().unwrap(), plan.digest().unwrap());
    let planned = Planned {
        change: id.subject(),
        digest,
        document: String::from_utf8(document).unwrap(),
    };
    let mut tx = organisation.begin("runs.plan").unwrap();
    let by = By::from(&story.dora);
    tx.record(by.clone(), Events::one(planned)).unwrap();
    let reference = PlanRef {
        digest: digest.to_string(),
        text: "ring 1: AST-0002".to_owned(),
    };
    changes::attach_plan(&mut tx, &by, id, reference).unwrap();
    tx.commit().unwrap();
    story.submit(id).unwrap();
    story.approve(&story.ben, id).unwrap();
    story.schedule(id).unwrap();
    story.house.wait(Span::hours(85));
    permits::issue(organisation, &story.carla, id, narrowed).unwrap();
    id
}

fn start(story: &Story, id: ChangeId) -> Result<Run, Refusal> {
    runs::start(&story.house.organisation, &story.dora, id)
}

/// Sets the clock back so far before the latest entry.
fn set_back(story: &Story, by: Span) {
    let organisation = &story.house.organisation;
    let latest = organisation
        .view(|view| view.latest_entry_time())
        .unwrap()
        .unwrap();
    story.house.clock.set(latest - by);
}

fn hindrance(story: &Story, run: &Run) -> Option<String> {
    runs::hindrance(&story.house.organisation, run.id, &web02(), Action::Patch).unwrap()
}

#[test]
fn a_clock_that_was_set_back_too_far_starts_no_run_and_begins_no_host() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = ready(&story);
    // Something is recorded when the permit has been good for a while.
    story.house.wait(Span::minutes(1));
    story.house.person("gina", &[basis::Role::Auditor]);
    let beyond = Span::milliseconds(CLOCK_BEHIND_MAX.as_ms() + 1);
    set_back(&story, beyond);
    let refusal = start(&story, id).unwrap_err();
    assert!(refusal.missing[0].contains("a clock that is right"), "{refusal}");
    assert!(refusal.way_out[0].contains("`tagout doctor`"), "{refusal}");
    set_back(&story, CLOCK_BEHIND_MAX);
    let run = start(&story, id).unwrap();
    assert_eq!(hindrance(&story, &run), None);
    set_back(&story, beyond);
    assert!(hindrance(&story, &run).unwrap().contains("a clock that is right"));
    assert_eq!(runs::begin(organisation, run.id, &web02()).unwrap(), Begun::No);
    let halted = organisation
        .view(|view| runs::find(view, run.id))
        .unwrap()
        .unwrap();
    assert_eq!(halted.state, RunState::Halted);
    assert!(halted.reason.unwrap().contains("a clock that is right"));
    story.house.clock.set(story.now() + Span::minutes(1));
    story.house.assert_sound();
}

#[test]
fn a_run_goes_by_the_state_of_its_change_as_the_gate_does() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = ready(&story);
    let run = start(&story, id).unwrap();
    assert_eq!(hindrance(&story, &run), None);
    let mut tx = organisation.begin("runs.end").unwrap();
    let by = By::from(&story.dora);
    changes::rolled_back(&mut tx, &by, id, "it was undone by hand".to_owned()).unwrap();
    tx.commit().unwrap();
    let why = hindrance(&story, &run).unwrap();
    assert!(why.contains("CHG-0001 is rolled back"), "{why}");
    assert_eq!(runs::begin(organisation, run.id, &web02()).unwrap(), Begun::No);
}

#[test]
fn a_permit_to_patch_lets_no_command_between_the_rings_run() {
    if !has_ssh_keygen() {
        return;
    }
    let may_command = |actions: &[Action]| {
        let story = story();
        let narrowed = Narrowed {
            actions: Some(actions.iter().copied().collect()),
            ..Narrowed::default()
        };
        let id = ready_for(&story, &narrowed);
        let run = start(&story, id).unwrap();
        runs::gate_hindrance(&story.house.organisation, &run, 0).unwrap()
    };
    let why = may_command(&[Action::Patch]).unwrap();
    assert!(why.contains("command"), "{why}");
    assert_eq!(may_command(&[Action::Patch, Action::Command]), None);
}

#[test]
fn a_host_that_says_too_much_fails_alone() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let organisation = &story.house.organisation;
    let id = ready(&story);
    let run = start(&story, id).unwrap();
    assert_eq!(runs::begin(organisation, run.id, &web02()).unwrap(), Begun::Yes);
    let opened = runs::open_next_step(organisation, run.id, &web02(), || Ok(None)).unwrap();
    assert_eq!(opened.unwrap().1, Step::Precheck);
    let lines = vec!["E: held back by whoever took this host over".repeat(100); 200_000 / 44];
    let report = Report {
        differences: lines.clone(),
        ..StepResult::Failed(lines.join("; ")).into()
    };
    let word = runs::finish_step(organisation, run.id, &web02(), Step::Precheck, report).unwrap();
    assert_eq!(word, HostWord::Failed);
    let found = organisation
        .view(|view| runs::find(view, run.id))
        .unwrap()
        .unwrap();
    let member = found.members().next().unwrap();
    let reason = member.reason.as_deref().unwrap();
    assert!(
        reason.len() <= REASON_BYTES_MAX && reason.ends_with('…'),
        "{}",
        reason.len()
    );
    story.house.assert_sound();
}

#[test]
fn an_approval_that_fell_starts_no_run_and_stops_the_next_host() {
    if !has_ssh_keygen() {
        return;
    }
    let story = story();
    let id = ready(&story);
    story.revoke_key(&story.ben);
    let refusal = start(&story, id).unwrap_err();
    assert_eq!(refusal.class, Class::Policy);
    assert!(
        refusal.missing.iter().any(|line| line.contains("was revoked")),
        "{refusal}"
    );
    story.enrol_key(&story.ben);
    story.approve(&story.ben, id).unwrap();
    let run = start(&story, id).unwrap();
    story.disable(&story.ben);
    assert!(
        hindrance(&story, &run)
            .unwrap()
            .contains("PER-0003 may not act any more")
    );
}
