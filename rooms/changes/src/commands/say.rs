//! Changes in words for a terminal.

use frame::terminal::Table;

use crate::api::{ChangeView, DecisionView, MomentView, SummaryView, VerdictView};

pub(super) fn list(changes: &Vec<SummaryView>) -> String {
    let mut table = Table::new(["change", "state", "type", "requester", "window", "title"]);
    for change in changes {
        let window = change
            .window
            .as_ref()
            .map_or(String::new(), |window| window.from.to_minutes());
        table.push([
            change.change.to_string(),
            change.state.replace('_', " "),
            change.change_type.clone(),
            change.requester.to_string(),
            window,
            change.title.clone(),
        ]);
    }
    table.text()
}

pub(super) fn change(change: &ChangeView) -> String {
    let mut lines = vec![
        format!("{}  {}", change.change, change.title),
        format!(
            "  {}, {}, revision {}, asked for by {} at {}",
            change.state.replace('_', " "),
            change.change_type,
            change.revision,
            change.requester,
            change.opened_at.to_minutes()
        ),
    ];
    let parts = &change.parts;
    for (name, items) in [
        ("assets", &parts.assets),
        ("findings", &parts.findings),
        ("carried out by", &parts.executors),
        ("worked", &change.worked),
    ] {
        if !items.is_empty() {
            lines.push(format!("  {name}: {}", items.join(", ")));
        }
    }
    if let Some(window) = change.window.as_ref().or(parts.window.as_ref()) {
        let name = if change.window.is_some() {
            "window"
        } else {
            "window asked for"
        };
        lines.push(format!(
            "  {name}: {} to {}",
            window.from.to_minutes(),
            window.until.to_minutes()
        ));
    }
    if let Some(plan) = &parts.plan {
        lines.push(format!("  plan: sha256 {}", plan.digest));
    }
    if let Some(submission) = &change.submission {
        lines.push(format!("  text: sha256 {}", submission.digest));
    }
    lines.extend(change.decisions.iter().map(decision));
    for told in &change.told {
        lines.push(format!(
            "  told: {} as {} at {}",
            told.person,
            told.role,
            told.at.to_minutes()
        ));
    }
    lines.extend(found(change));
    lines.join("\n")
}

fn found(change: &ChangeView) -> Vec<String> {
    let mut lines = Vec::new();
    for comparison in &change.comparisons {
        let outcome = match (&comparison.accepted_by, comparison.differences.as_slice()) {
            (_, []) => "equal to the state approved".to_owned(),
            (Some(by), differences) => format!(
                "{}; accepted by {by}: {}",
                differences.join("; "),
                comparison.because.as_deref().unwrap_or_default()
            ),
            (None, differences) => format!("differs: {}", differences.join("; ")),
        };
        lines.push(format!("  found on {}: {outcome}", comparison.asset));
    }
    for accepted in &change.accepted_findings {
        lines.push(format!(
            "  {} is still there, accepted by {}",
            accepted.finding, accepted.by
        ));
    }
    if let Some(verifier) = &change.verifier {
        lines.push(format!("  verified by {verifier}"));
    }
    match (
        &change.retrospective_due,
        &change.retrospective,
        change.is_retrospective_late,
    ) {
        (Some(_), Some(look), false) => {
            lines.push(format!("  retrospective: recorded {}", look.at.to_minutes()));
        }
        (Some(due), Some(look), true) => lines.push(format!(
            "  retrospective: recorded {}, late: it was due {}",
            look.at.to_minutes(),
            due.to_minutes()
        )),
        (Some(due), None, false) => lines.push(format!("  retrospective: due {}", due.to_minutes())),
        (Some(due), None, true) => {
            lines.push(format!("  retrospective: LATE, it was due {}", due.to_minutes()))
        }
        (None, _, _) => {}
    }
    lines
}

fn decision(decided: &DecisionView) -> String {
    let mut line = format!(
        "  {} by {} as {} on revision {} at {} with {}",
        decided.decision,
        decided.person,
        decided.capacity,
        decided.revision,
        decided.signed_at.to_minutes(),
        decided.key_id
    );
    if decided.kind == "retrospective" {
        line.push_str(", after the fact");
    }
    if let Some(paragraph) = &decided.alternative {
        line.push_str(&format!(", under paragraph {paragraph}"));
    }
    if let Some(comment) = &decided.comment {
        line.push_str(&format!(": {comment}"));
    }
    if let Some(why) = &decided.voided {
        line.push_str(&format!(" (void: {why})"));
    }
    line
}

pub(super) fn timeline(moments: &[MomentView]) -> String {
    let mut table = Table::new(["entry", "time", "who", "what", "words"]);
    for moment in moments {
        table.push([
            moment.entry.to_string(),
            moment.at.to_minutes(),
            moment.person.to_string(),
            moment.event.clone(),
            moment.words.clone().unwrap_or_default(),
        ]);
    }
    table.text()
}

pub(super) fn verdicts(verdicts: &[VerdictView]) -> String {
    if verdicts.is_empty() {
        return "the change is over: nothing is asked for".to_owned();
    }
    let mut lines = Vec::new();
    for verdict in verdicts {
        let answer = if verdict.is_yes { "yes" } else { "no" };
        lines.push(format!(
            "{}: {answer} (policy version {})",
            verdict.question, verdict.policy_version
        ));
        for rule in &verdict.rules {
            let mark = if rule.missing.is_empty() { "ok" } else { "--" };
            lines.push(format!("  {mark} {} {}", rule.paragraph, rule.sentence));
            lines.extend(rule.missing.iter().map(|line| format!("       missing: {line}")));
            lines.extend(rule.way_out.iter().map(|line| format!("       do: {line}")));
        }
    }
    lines.join("\n")
}
