//! Which entries belong into a package: everything of its scope, and everything that these lean on, so that a verifier
//! can follow every decision, redaction and piece of evidence to its end.

use std::collections::BTreeSet;

use basis::{Class, PersonId, Refusal, Subject};
use ledger::Hash;
use ledger::package::Scope;

use super::facts::{Fact, Facts};

/// Things that live on beyond one change. Of these a package of a change holds only what was so when the change began
/// and what happened meanwhile.
const NEIGHBOURS: [&str; 2] = ["AST-", "FND-"];

/// Things that never belong to one change.
const STRANGERS: [&str; 8] = ["PER-", "POL-", "ORG-", "CHG-", "EXP-", "CHK-", "RCV-", "KEY-"];

/// What tells who somebody was, who let them in, who vouched for them, and with which keys they signed.
const OF_PEOPLE: [&str; 6] = [
    "people.enrolled",
    "people.access_opened",
    "people.confirmed",
    "people.roles_granted",
    "people.key_enrolled",
    "people.key_revoked",
];

/// The same for the time before a period, where the format allows keys and submissions alone.
const KEYS: [&str; 2] = ["people.key_enrolled", "people.key_revoked"];

/// The indexes of the entries of a package.
///
/// # Errors
/// A refusal when what an entry leans on cannot be in the package: it was redacted in a way that the scope cannot hold.
pub(crate) fn select(facts: &Facts, scope: &Scope) -> Result<BTreeSet<u64>, Refusal> {
    let mut chosen = match scope {
        Scope::Change { subject } => of_change(facts, subject),
        Scope::Period { first, last } => of_period(facts, *first, *last),
    };
    destroyed_evidence(facts, &mut chosen);
    redactions(facts, scope, &mut chosen)?;
    Ok(chosen)
}

fn of_change(facts: &Facts, change: &Subject) -> BTreeSet<u64> {
    let owned = owned(facts, change);
    let is_owned = |fact: &Fact| owned.contains(&fact.subject);
    let ids: BTreeSet<_> = facts
        .list
        .iter()
        .filter(|fact| is_owned(fact))
        .map(|fact| fact.id)
        .collect();
    let belongs = |fact: &&Fact| {
        let is_tied = !fact.tied.is_disjoint(&owned) && !starts(&fact.subject, &["CHG-"]);
        let is_caused =
            fact.cause.is_some_and(|cause| ids.contains(&cause)) && !starts(&fact.subject, &["CHG-"]);
        is_owned(fact) || (!fact.is_sealed && (is_tied || is_caused))
    };
    let mut chosen: BTreeSet<u64> = facts.list.iter().filter(belongs).map(|fact| fact.index).collect();
    let (first, last) = span(facts, change);
    let mut named = BTreeSet::new();
    let mut versions = BTreeSet::new();
    for fact in chosen.iter().filter_map(|index| facts.at(*index)) {
        named.extend(fact.named.iter().filter(|name| starts(name, &NEIGHBOURS)));
        versions.extend(fact.policy_version);
    }
    findings(facts, &named, &mut chosen);
    named
        .into_iter()
        .for_each(|neighbour| meanwhile(facts, neighbour, first, last, &mut chosen));
    policies(facts, &versions, first, last, &mut chosen);
    let acted: BTreeSet<PersonId> = chosen
        .iter()
        .filter_map(|index| facts.at(*index))
        .map(|fact| fact.actor)
        .collect();
    of_people(facts, &acted, &OF_PEOPLE, u64::MAX, &mut chosen);
    // The founding names the key that signs everything.
    chosen.extend(
        facts
            .list
            .iter()
            .filter(|fact| fact.is("people.founded"))
            .map(|fact| fact.index),
    );
    chosen
}

/// The change and everything that exists only for it: permits, runs, evidence, and whatever is tied to these.
fn owned<'a>(facts: &'a Facts, change: &'a Subject) -> BTreeSet<Subject> {
    let mut owned = BTreeSet::from([change.clone()]);
    loop {
        let before = owned.len();
        for fact in &facts.list {
            let may_be_owned = !starts(&fact.subject, &STRANGERS) && !starts(&fact.subject, &NEIGHBOURS);
            if may_be_owned && !fact.tied.is_disjoint(&owned) {
                owned.insert(fact.subject.clone());
            }
            if owned.contains(&fact.subject) {
                owned.extend(
                    fact.named
                        .iter()
                        .filter(|name| starts(name, &["EVD-", "PMT-", "RUN-"]))
                        .cloned(),
                );
            }
        }
        if owned.len() == before {
            return owned;
        }
    }
}

fn starts(subject: &Subject, prefixes: &[&str]) -> bool {
    let text = subject.to_string();
    prefixes.iter().any(|prefix| text.starts_with(prefix))
}

fn span(facts: &Facts, change: &Subject) -> (u64, u64) {
    let first = facts.about(change).next().map_or(0, |fact| fact.index);
    let last = facts.about(change).next_back().map_or(0, |fact| fact.index);
    (first, last)
}

/// Of each kind of entry about `subject` the last before the change began, and every one until it ended.
fn meanwhile(facts: &Facts, subject: &Subject, first: u64, last: u64, chosen: &mut BTreeSet<u64>) {
    let mut seen = BTreeSet::new();
    for fact in facts
        .about(subject)
        .rev()
        .filter(|fact| fact.index <= last && !fact.is_sealed)
    {
        if fact.index >= first || seen.insert(fact.event_type.as_str()) {
            chosen.insert(fact.index);
        }
    }
}

/// Findings are recorded scan by scan: the entries by which those of the change came up and went away.
fn findings(facts: &Facts, named: &BTreeSet<&Subject>, chosen: &mut BTreeSet<u64>) {
    let wanted: BTreeSet<&Subject> = named
        .iter()
        .copied()
        .filter(|name| starts(name, &["FND-"]))
        .collect();
    let found = facts.list.iter().filter(|fact| {
        let is_outcome = fact.is("findings.opened") || fact.is("findings.went_away");
        is_outcome && fact.named.iter().any(|name| wanted.contains(name))
    });
    chosen.extend(found.map(|fact| fact.index));
}

/// The versions of the policy that the entries cite, and every one in force from the beginning to the end.
fn policies(facts: &Facts, cited: &BTreeSet<u64>, first: u64, last: u64, chosen: &mut BTreeSet<u64>) {
    let adopted: Vec<&Fact> = facts
        .list
        .iter()
        .filter(|fact| fact.is("policy.adopted"))
        .collect();
    let in_force = adopted
        .iter()
        .rev()
        .find(|fact| fact.index < first)
        .map_or(0, |fact| fact.index);
    for fact in adopted {
        let is_cited = cited
            .iter()
            .any(|version| fact.subject.to_string() == format!("POL-{version:04}"));
        if is_cited || (in_force..=last).contains(&fact.index) {
            chosen.insert(fact.index);
        }
    }
}

fn of_people(
    facts: &Facts,
    people: &BTreeSet<PersonId>,
    types: &[&str],
    end: u64,
    chosen: &mut BTreeSet<u64>,
) {
    let wanted = facts.list.iter().filter(|fact| {
        let person = fact.subject.as_id::<PersonId>();
        fact.index < end
            && types.contains(&fact.event_type.as_str())
            && person.is_some_and(|id| people.contains(&id))
    });
    chosen.extend(wanted.map(|fact| fact.index));
}

fn of_period(facts: &Facts, first: u64, last: u64) -> BTreeSet<u64> {
    let mut chosen: BTreeSet<u64> = (first..=last).collect();
    let inside: Vec<&Fact> = chosen.iter().filter_map(|index| facts.at(*index)).collect();
    let decided: Vec<&&Fact> = inside.iter().filter(|fact| fact.is("changes.decided")).collect();
    let mut people: BTreeSet<PersonId> = decided.iter().map(|fact| fact.actor).collect();
    let revoked = inside.iter().filter(|fact| fact.is("people.key_revoked"));
    people.extend(revoked.filter_map(|fact| fact.subject.as_id::<PersonId>()));
    let changes: BTreeSet<&Subject> = decided.iter().map(|fact| &fact.subject).collect();
    let submitted = facts
        .list
        .iter()
        .filter(|fact| fact.index < first && fact.is("changes.submitted") && changes.contains(&fact.subject));
    chosen.extend(submitted.map(|fact| fact.index));
    of_people(facts, &people, &KEYS, first, &mut chosen);
    chosen
}

fn destroyed_evidence(facts: &Facts, chosen: &mut BTreeSet<u64>) {
    let added: BTreeSet<&Subject> = chosen
        .iter()
        .filter_map(|index| facts.at(*index))
        .filter(|fact| fact.is("evidence.added"))
        .map(|fact| &fact.subject)
        .collect();
    let destroyed = facts
        .list
        .iter()
        .filter(|fact| fact.is("evidence.destroyed") && added.contains(&fact.subject));
    chosen.extend(destroyed.map(|fact| fact.index));
}

fn redactions(facts: &Facts, scope: &Scope, chosen: &mut BTreeSet<u64>) -> Result<(), Refusal> {
    let blanked: Vec<u64> = chosen
        .iter()
        .copied()
        .filter(|index| facts.at(*index).is_some_and(|fact| fact.is_blanked))
        .collect();
    for index in blanked {
        let Some(redaction) = facts.redaction_of(index) else {
            let what = format!("entry {index} was redacted after this package was made");
            return Err(Refusal::new(Class::Conflict, "redaction", what).way_out("export again"));
        };
        if let Scope::Period { first, .. } = scope
            && redaction.index < *first
        {
            let what = format!(
                "a decision in the period leans on entry {index}, whose redaction stands before the period"
            );
            return Err(Refusal::new(Class::Conflict, "redaction", what).way_out(format!(
                "let the period begin with entry {} or before",
                redaction.index
            )));
        }
        chosen.insert(redaction.index);
    }
    Ok(())
}

/// One evidence file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EvidenceFile {
    /// SHA-256 of the content in the clear.
    pub(crate) sha256: Hash,
    /// Size of the content in the clear.
    pub(crate) size: u64,
    /// The blob in the vault.
    pub(crate) blob: Hash,
}

/// The evidence files that the chosen entries call for: everything added, not redacted and not destroyed, by its hash.
pub(crate) fn evidence_files(facts: &Facts, chosen: &BTreeSet<u64>) -> Vec<EvidenceFile> {
    let chosen: Vec<&Fact> = chosen.iter().filter_map(|index| facts.at(*index)).collect();
    let destroyed = chosen.iter().filter(|fact| fact.is("evidence.destroyed"));
    let destroyed: BTreeSet<&Subject> = destroyed.map(|fact| &fact.subject).collect();
    let mut files: Vec<EvidenceFile> = chosen
        .iter()
        .filter(|fact| fact.is("evidence.added") && !fact.is_blanked && !destroyed.contains(&fact.subject))
        .filter_map(|fact| {
            let (sha256, size) = fact.clear?;
            let blob = fact.blob?.sha256;
            Some(EvidenceFile { sha256, size, blob })
        })
        .collect();
    files.sort_by_key(|file| file.sha256);
    files.dedup_by_key(|file| file.sha256);
    files
}
