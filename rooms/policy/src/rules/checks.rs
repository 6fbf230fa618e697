//! What makes a readable document a policy that can answer every question: no gap that a yes could slip through.

use std::collections::BTreeSet;
use std::ops::Range;

use super::document::{Policy, Rule};
use super::kinds::{Kind, Need, Rings, Separation};
use super::objectives;
use super::reading::Wrong;
use super::words::{ChangeType, RecordClass};

/// The kinds that must have a rule without conditions on assets for each change type.
const FOR_EVERY_CHANGE: [&str; 9] = [
    "required_parts",
    "approvals",
    "separation",
    "lead_time",
    "window_length",
    "permit",
    "rings",
    "evidence_for_closure",
    "verification_for_closure",
];

/// The kinds that must have exactly one rule, and that without conditions: their answers are single numbers.
const EXACTLY_ONCE: [&str; 5] = [
    "gate_token",
    "emergency",
    "remediation_deadline",
    "retention",
    "sign_in",
];

/// No need may ask for more people than this: larger numbers are slips of the pen.
const PEOPLE_MAX: u32 = 20;

/// Ids are `4.2` or `4.2.1`, and rise from rule to rule.
pub(super) fn order(previous: Option<&Rule>, rule: &Rule, place: Range<usize>) -> Result<(), Wrong> {
    let Some(numbers) = paragraph_numbers(&rule.id) else {
        return Err(Wrong::at(
            place,
            format!("`{}` is no paragraph; write it like `4.2`", rule.id),
        ));
    };
    let Some(previous) = previous else {
        return Ok(());
    };
    // A small-shop path stands right behind the rule that it softens.
    let last = match &previous.kind {
        Kind::Separation(Separation {
            alternative: Some(path),
            ..
        }) => &path.paragraph,
        _ => &previous.id,
    };
    if paragraph_numbers(last).is_none_or(|before| before < numbers) {
        return Ok(());
    }
    let what = format!(
        "paragraph {} stands behind paragraph {last}; number the rules so that they rise",
        rule.id
    );
    Err(Wrong::at(place, what))
}

/// The numbers of a paragraph: at least two, none zero, none padded.
pub(super) fn paragraph_numbers(id: &str) -> Option<Vec<u32>> {
    let number = |part: &str| {
        part.parse::<u32>()
            .ok()
            .filter(|n| *n > 0 && n.to_string() == part)
    };
    let numbers: Option<Vec<u32>> = id.split('.').map(number).collect();
    numbers.filter(|numbers| (2..=4).contains(&numbers.len()))
}

/// An act is written room, dot, verb; whether the program has it is checked when the program starts.
pub(super) fn act(act: &str, place: Range<usize>) -> Result<(), Wrong> {
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match act.split_once('.') {
        Some((room, verb)) if word(room) && word(verb) => Ok(()),
        _ => Err(Wrong::at(
            place,
            format!("`{act}` is no act; write it like `\"changes.decide\"`"),
        )),
    }
}

/// An objective must be one that the assessment guide has.
pub(super) fn objective(id: &str, place: Range<usize>) -> Result<(), Wrong> {
    if objectives::is_known(id) {
        return Ok(());
    }
    let what = format!("`{id}` is no objective known here; write one of NIST SP 800-171A like `r2:3.4.3[c]`");
    Err(Wrong::at(place, what))
}

/// What one rule must be, beyond its shape.
pub(super) fn rule(rule: &Rule, place: Range<usize>) -> Result<(), Wrong> {
    if rule.sentence.trim().is_empty() {
        return Err(Wrong::at(
            place,
            format!("paragraph {} has no sentence; say the rule in one", rule.id),
        ));
    }
    if rule.objectives.is_empty() {
        let what = format!(
            "paragraph {} names no objective; name at least one that it serves",
            rule.id
        );
        return Err(Wrong::at(place, what));
    }
    if EXACTLY_ONCE.contains(&rule.kind.name()) && rule.when != super::document::When::default() {
        let what = format!(
            "a rule of kind `{}` has no `when`: it holds for everything",
            rule.kind.name()
        );
        return Err(Wrong::at(place, what));
    }
    match wrong_parameters(&rule.kind) {
        Some(what) => Err(Wrong::at(place, format!("paragraph {}: {what}", rule.id))),
        None => Ok(()),
    }
}

fn wrong_parameters(kind: &Kind) -> Option<String> {
    match kind {
        Kind::RequiredParts(rule) if rule.parts.is_empty() => Some("`parts` is empty".to_owned()),
        Kind::Approvals(rule) => wrong_needs("needed", &rule.needed),
        Kind::Emergency(rule) if rule.told.is_empty() => {
            Some("`told` is empty; name who must know".to_owned())
        }
        Kind::Emergency(rule) => wrong_needs("approved_afterwards", &rule.approved_afterwards),
        Kind::Separation(rule) => wrong_separation(rule),
        Kind::LeadTime(rule) => ChangeType::ALL
            .iter()
            .find(|change_type| !rule.least.contains_key(change_type))
            .map(|change_type| {
                format!("`least` has no row for {change_type}; add one, `0 hours` if none is needed")
            }),
        Kind::Retention(rule) => RecordClass::ALL
            .iter()
            .find(|class| !rule.keep.contains_key(class))
            .map(|class| format!("`keep` has no row for {class}; add one")),
        Kind::BackupBefore(rule) if rule.any_of.is_empty() || rule.actions.is_empty() => {
            Some("`any_of` and `actions` must each name something".to_owned())
        }
        Kind::Permit(rule) if rule.actions.is_empty() => Some("`actions` is empty".to_owned()),
        Kind::Rings(rule) => wrong_rings(rule),
        Kind::SignIn(rule) if rule.failures_most == 0 => {
            Some("`failures_most` is 0, which locks everybody out; write at least 1".to_owned())
        }
        Kind::SignIn(rule) if rule.step_up.span() <= basis::Span::milliseconds(0) => {
            Some("`step_up` is 0, which lets nobody do a dangerous act; write at least 1 minute".to_owned())
        }
        Kind::RequiredParts(_)
        | Kind::WindowLength(_)
        | Kind::BackupBefore(_)
        | Kind::Permit(_)
        | Kind::GateToken(_)
        | Kind::EvidenceForClosure(_)
        | Kind::VerificationForClosure(_)
        | Kind::RemediationDeadline(_)
        | Kind::SignIn(_) => None,
    }
}

fn wrong_needs(key: &str, needs: &[Need]) -> Option<String> {
    if needs.is_empty() {
        return Some(format!("`{key}` is empty; name at least one approval"));
    }
    let distinct: BTreeSet<_> = needs.iter().map(|need| need.capacity).collect();
    if distinct.len() < needs.len() {
        return Some(format!("`{key}` names a role twice; add the counts up"));
    }
    let stray = needs
        .iter()
        .find(|need| !(1..=PEOPLE_MAX).contains(&need.count))?;
    Some(format!(
        "`{key}` has a count of {}; it must lie between 1 and {PEOPLE_MAX}",
        stray.count
    ))
}

fn wrong_separation(rule: &Separation) -> Option<String> {
    if rule.different.is_empty() {
        return Some("`different` is empty; name at least one pair of duties".to_owned());
    }
    if let Some((duty, _)) = rule.different.iter().find(|(one, other)| one == other) {
        return Some(format!("`different` pairs {duty} with itself"));
    }
    let path = rule.alternative.as_ref()?;
    if paragraph_numbers(&path.paragraph).is_none() {
        return Some(format!(
            "`{}` is no paragraph; write it like `4.4`",
            path.paragraph
        ));
    }
    let stray = path.pairs.iter().find(|pair| !rule.different.contains(pair))?;
    Some(format!(
        "the path names {}/{}, which `different` does not have",
        stray.0, stray.1
    ))
}

fn wrong_rings(rule: &Rings) -> Option<String> {
    let rise = rule.shares_percent.windows(2).all(|two| two[0] < two[1]);
    let starts = rule.shares_percent.first().is_some_and(|first| *first > 0);
    if !rise || !starts || rule.shares_percent.last() != Some(&100) {
        return Some("`shares_percent` must rise from above 0 to 100, such as `[10, 50, 100]`".to_owned());
    }
    if rule.pilot_least == 0 {
        return Some("`pilot_least` is 0; the first ring needs an asset".to_owned());
    }
    if rule.ring_least == 0 {
        return Some("`ring_least` is 0; no ring is empty, so write at least 1".to_owned());
    }
    (!(1..=100).contains(&rule.halt_percent)).then(|| "`halt_percent` must lie between 1 and 100".to_owned())
}

/// What the document must have as a whole.
pub(super) fn whole(policy: &Policy) -> Result<(), Wrong> {
    for kind in EXACTLY_ONCE {
        let count = policy
            .rules
            .iter()
            .filter(|rule| rule.kind.name() == kind)
            .count();
        if count != 1 {
            return Err(Wrong::whole(format!(
                "the document has {count} rules of kind `{kind}`; it needs exactly one"
            )));
        }
    }
    for kind in FOR_EVERY_CHANGE {
        for change_type in ChangeType::ALL {
            let mut of_kind = policy.rules.iter().filter(|rule| rule.kind.name() == kind);
            if !of_kind.any(|rule| !rule.when.looks_at_assets() && rule.when.matches_type(*change_type)) {
                return Err(Wrong::whole(format!(
                    "no rule of kind `{kind}` holds for every {change_type} change; add one without conditions on assets"
                )));
            }
        }
    }
    for rule in &policy.rules {
        let chapter = paragraph_numbers(&rule.id).map(|numbers| numbers[0]);
        if chapter.is_none_or(|chapter| !policy.headings.contains_key(&chapter)) {
            return Err(Wrong::whole(format!(
                "paragraph {} has no heading; add its chapter under `[headings]`",
                rule.id
            )));
        }
    }
    for (act, roles) in policy.authority.rows() {
        if let Some(role) = roles.iter().find(|role| !policy.duties.contains_key(role)) {
            let what =
                format!("`{act}` is allowed to {role}, whose duty is not written; add it under `[duties]`");
            return Err(Wrong::whole(what));
        }
    }
    Ok(())
}
