//! What a record shows: the parts of a change and what stands around it, in words, links and tables.

use basis::Verdict;
use frame::pages::{Cell, Column, Moment, State as Shown, Table, Tone};
use policy::Window;

use super::ways::{Way, way};
use super::{in_words, person_shown};
use crate::acts::{Moment as Happened, Names, Next, Record};
use crate::rules::{ChangeId, Decided, Decision, State, Step};

/// A line of facts.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) text: String,
    pub(super) at: Option<Moment>,
    pub(super) until: Option<Moment>,
}

impl Fact {
    fn text(label: &'static str, text: impl ToString) -> Self {
        Self {
            label,
            text: text.to_string(),
            at: None,
            until: None,
        }
    }

    fn window(label: &'static str, window: Window) -> Self {
        Self {
            label,
            text: String::new(),
            at: Some(Moment(window.from)),
            until: Some(Moment(window.until)),
        }
    }

    fn time(label: &'static str, at: basis::Time) -> Self {
        Self {
            label,
            text: String::new(),
            at: Some(Moment(at)),
            until: None,
        }
    }
}

/// A part of the request that people write.
pub(super) struct Written {
    pub(super) label: &'static str,
    pub(super) text: Option<String>,
    /// Where it is written.
    pub(super) anchor: &'static str,
}

/// What the policy says to one question.
pub(super) struct Question {
    pub(super) sentence: String,
    pub(super) answer: Shown,
    pub(super) policy_version: u64,
    pub(super) rules: Vec<Rule>,
}

/// What one paragraph says.
pub(super) struct Rule {
    pub(super) paragraph: String,
    pub(super) sentence: String,
    pub(super) missing: Vec<String>,
    pub(super) ways: Vec<Way>,
}

/// What it waits for, and whom.
pub(super) struct NextShown {
    /// The step, for the reader or for others.
    pub(super) sentence: String,
    /// Where the reader does it.
    pub(super) path: Option<String>,
}

impl NextShown {
    pub(super) fn of(next: &Next, record: &Record) -> Self {
        let people: Vec<String> = next
            .people
            .iter()
            .map(|person| person_shown(&record.names, *person))
            .collect();
        let roles: Vec<String> = next.roles.iter().map(|role| in_words(role.name())).collect();
        let is_whole = next.step == Step::Submit
            && !record.verdicts.is_empty()
            && record.verdicts.iter().all(Verdict::is_yes);
        let step = if is_whole {
            "submit it"
        } else {
            next.step.in_words()
        };
        let whom = match (next.is_readers, people.is_empty(), roles.is_empty()) {
            (true, _, _) => "it waits for you".to_owned(),
            (false, false, _) => format!("it waits for {}", people.join(", ")),
            (false, true, false) => format!("it waits for somebody with the role {}", roles.join(" or ")),
            (false, true, true) => "it waits for nobody in particular".to_owned(),
        };
        let place = match next.step {
            Step::Submit if is_whole => "#submit",
            Step::Submit | Step::Answer => "/edit",
            Step::Decide => "/decision",
            Step::SetWindow => "#schedule",
            Step::Work => "/plan",
            Step::Adopt => "/adoption",
            Step::Confirm => "#verify",
        };
        Self {
            sentence: format!("Next: {step}; {whom}."),
            path: next
                .is_readers
                .then(|| format!("/changes/{}{place}", record.change.id)),
        }
    }
}

/// What an edit is, where the change stands.
pub(super) fn edit_label(state: State) -> &'static str {
    match state {
        State::Draft | State::Disapproved => "Edit the request",
        State::Submitted => "Edit the request: a new revision, on which nobody has decided",
        _ => "Ask for something else: a new revision, to be approved again",
    }
}

/// Something that happened.
pub(super) struct Event {
    pub(super) entry: u64,
    pub(super) at: Moment,
    pub(super) who: String,
    pub(super) what: String,
    pub(super) words: Option<String>,
}

pub(super) fn question(change: ChangeId, verdict: &Verdict) -> Question {
    let rule = |rule: &basis::RuleOutcome| Rule {
        paragraph: rule.paragraph.clone(),
        sentence: rule.sentence.clone(),
        missing: rule.missing.clone(),
        ways: rule.way_out.iter().map(|text| way(change, text)).collect(),
    };
    let (answer, tone) = if verdict.is_yes() {
        ("yes", Tone::Good)
    } else {
        ("not yet", Tone::Warning)
    };
    let mut sentence = verdict.question.clone();
    if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
        sentence.replace_range(..1, &first);
    }
    Question {
        sentence: format!("{sentence}?"),
        answer: Shown::new(answer, tone),
        policy_version: verdict.policy_version,
        rules: verdict.rules.iter().map(rule).collect(),
    }
}

pub(super) fn event(moment: &Happened, names: &Names) -> Event {
    let event = moment
        .event
        .split_once('.')
        .map_or(moment.event.as_str(), |(_, event)| event);
    let mut what = in_words(event);
    if let Some(first) = what.get(..1).map(str::to_uppercase) {
        what.replace_range(..1, &first);
    }
    Event {
        entry: moment.entry,
        at: Moment(moment.at),
        who: person_shown(names, moment.person),
        what,
        words: moment.words.clone(),
    }
}

pub(super) fn facts(record: &Record) -> Vec<Fact> {
    let (change, names) = (&record.change, &record.names);
    let people = |ids: &mut dyn Iterator<Item = basis::PersonId>| {
        let shown: Vec<String> = ids.map(|id| person_shown(names, id)).collect();
        shown.join(", ")
    };
    let mut facts = vec![
        Fact::text("Type", change.parts.change_type),
        Fact::text("Asked for by", person_shown(names, change.requester)),
        Fact::time("Opened", change.opened_at),
        Fact::text("Revision", change.revision),
    ];
    let others = change
        .authors
        .iter()
        .copied()
        .filter(|id| *id != change.requester);
    let others = people(&mut others.into_iter());
    let told = people(&mut change.told.iter().map(|(_, person, _)| *person));
    let worked = people(&mut change.worked.iter().copied());
    let texts = [
        ("Also written by", others),
        ("Told of the emergency", told),
        ("Worked on it", worked),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    facts.extend(texts.map(|(label, text)| Fact::text(label, text)));
    if let Some(window) = change.window {
        facts.push(Fact::window("Window set", window));
    }
    if let Some(began) = change.work_began_at {
        facts.push(Fact::time("Work began", began));
    }
    if let Some(verifier) = change.verifier {
        facts.push(Fact::text("Confirmed by", person_shown(names, verifier)));
    }
    if let Some(clock) = record.clock {
        let label = match (change.retrospect.is_some(), clock.left.as_ms() < 0) {
            (_, true) => "Retrospective is late; it was due",
            (true, false) => "Retrospective held; it was due",
            (false, false) => "Retrospective due",
        };
        facts.push(Fact::time(label, clock.due));
    }
    facts
}

pub(super) fn parts(record: &Record) -> Vec<Written> {
    let (parts, names) = (&record.change.parts, &record.names);
    let part = |label, text: Option<&String>, anchor| Written {
        label,
        text: text.cloned(),
        anchor,
    };
    let mut written = vec![part("Why it is needed", parts.reason.as_ref(), "what")];
    if parts.change_type == policy::ChangeType::Emergency {
        written.push(part(
            "Why it cannot wait",
            parts.emergency_reason.as_ref(),
            "what",
        ));
    }
    let executors: Vec<String> = parts
        .executors
        .iter()
        .map(|id| person_shown(names, *id))
        .collect();
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let (executors, checklist) = (filled(executors.join("\n")), filled(parts.checklist.join("\n")));
    let window = parts
        .window
        .map(|hours| format!("{} to {}", hours.from.to_minutes(), hours.until.to_minutes()));
    written.extend([
        part(
            "What it does to security",
            parts.security_impact.as_ref(),
            "impact",
        ),
        part("What stops working", parts.availability_impact.as_ref(), "impact"),
        part("How success is found out", parts.test_plan.as_ref(), "plans"),
        part("How it is undone", parts.rollback_plan.as_ref(), "plans"),
        part(
            "Who is told what, and when",
            parts.communication_plan.as_ref(),
            "plans",
        ),
        part("Who carries it out", executors.as_ref(), "people"),
        part("Window asked for", window.as_ref(), "window"),
        part("Checklist", checklist.as_ref(), "checklist"),
    ]);
    if let Some(draft) = &parts.policy_draft {
        written.push(part("Policy document to adopt", Some(&draft.text), "policy"));
    }
    written
}

pub(super) fn assets(record: &Record) -> Table {
    let columns = vec![
        Column::new("Asset"),
        Column::new("Name"),
        Column::new("Holds"),
        Column::new("Criticality"),
        Column::new("Environment"),
        Column::new("Found afterwards"),
    ];
    let rows = record.assets.iter().map(|line| {
        let found = record.comparings.iter().find(|found| found.asset == line.asset);
        let found = match found {
            None => Shown::new("not compared", Tone::Plain),
            Some(found) if found.differences.is_empty() => Shown::new("as approved", Tone::Good),
            Some(found) if found.accepted.is_some() => Shown::new("differs, accepted", Tone::Warning),
            Some(_) => Shown::new("differs", Tone::Bad),
        };
        vec![
            Cell::link(format!("/assets/{}", line.asset), &line.asset),
            Cell::text(&line.name),
            Cell::text(match line.classification.as_str() {
                "none" => "neither CUI nor FCI".to_owned(),
                other => other.to_uppercase(),
            }),
            Cell::text(in_words(&line.criticality)),
            Cell::text(in_words(&line.environment)),
            Cell::State(found),
        ]
    });
    Table::new(
        "Assets",
        columns,
        "It names no asset yet. They are named by editing the request.",
    )
    .with_rows(rows)
}

pub(super) fn findings(record: &Record) -> Table {
    let columns = vec![
        Column::new("Finding"),
        Column::new("Vulnerability"),
        Column::new("Asset"),
        Column::new("State"),
    ];
    let rows = record.findings.iter().map(|line| {
        vec![
            Cell::link(format!("/findings/{}", line.finding), &line.finding),
            Cell::text(&line.vulnerability),
            Cell::link(format!("/assets/{}", line.asset), &line.asset),
            Cell::text(in_words(&line.state)),
        ]
    });
    Table::new(
        "Findings it is for",
        columns,
        "It names no findings. Tick some in the list of findings, or name them by editing the request.",
    )
    .with_rows(rows)
}

fn decided_shown(decided: &Decided) -> Shown {
    match (decided.decision, &decided.voided, &decided.fallen) {
        (_, Some(why), _) => Shown::new(format!("void: {why}"), Tone::Plain),
        (_, None, Some(why)) => Shown::new(format!("fell: {why}"), Tone::Bad),
        (Decision::Approve, None, None) => Shown::new("approved", Tone::Good),
        (Decision::Disapprove, None, None) => Shown::new("disapproved", Tone::Bad),
    }
}

pub(super) fn decisions(record: &Record) -> Table {
    let columns = vec![
        Column::new("Person"),
        Column::new("Said"),
        Column::new("Counts"),
        Column::new("In the role"),
        Column::new("Revision"),
        Column::new("Signed"),
        Column::new("With key"),
        Column::new("Words"),
    ];
    let rows = record.change.decisions.iter().map(|decided| {
        vec![
            Cell::text(person_shown(&record.names, decided.person)),
            Cell::text(decided.decision),
            Cell::State(decided_shown(decided)),
            Cell::text(in_words(decided.capacity.name())),
            Cell::text(format!("{} ({})", decided.revision, decided.kind.name())),
            Cell::Time(Some(decided.signed_at)),
            Cell::text(&decided.key_id),
            Cell::text(decided.comment.as_deref().unwrap_or("none")),
        ]
    });
    Table::new("Signed decisions", columns, "Nobody has decided yet.").with_rows(rows)
}

pub(super) fn evidence(record: &Record) -> Table {
    let columns = vec![
        Column::new("Evidence"),
        Column::new("File"),
        Column::new("Shows"),
        Column::new("Taken"),
        Column::new("Added by"),
        Column::new("Counts"),
    ];
    let rows = record.evidence.iter().map(|one| {
        let standing = match one.standing {
            evidence::Standing::Draft => Shown::new("draft", Tone::Warning),
            evidence::Standing::Final => Shown::new("final", Tone::Good),
            evidence::Standing::Destroyed { .. } => Shown::new("destroyed", Tone::Plain),
        };
        vec![
            Cell::link(format!("/evidence/{}", one.id), one.id),
            Cell::text(one.name.as_str()),
            Cell::text(in_words(one.kind.name())),
            Cell::Time(Some(one.taken_at)),
            Cell::text(person_shown(&record.names, one.added_by)),
            Cell::State(standing),
        ]
    });
    Table::new(
        "Evidence about this change",
        columns,
        "There is no evidence about it yet, or none that you may read.",
    )
    .with_rows(rows)
}

/// The differences found on assets, one line each.
pub(super) fn differences(record: &Record) -> Vec<(String, Vec<String>, Option<String>)> {
    let differing = record
        .comparings
        .iter()
        .filter(|found| !found.differences.is_empty());
    differing
        .map(|found| {
            let accepted = found.accepted.as_ref().map(|accepted| {
                let who = person_shown(&record.names, accepted.by);
                format!("accepted by {who}: {}", accepted.because)
            });
            (found.asset.to_string(), found.differences.clone(), accepted)
        })
        .collect()
}
