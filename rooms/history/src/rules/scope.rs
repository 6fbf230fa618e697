//! What a package is asked to be about, and what that means in indexes.

use basis::{Class, PersonId, Refusal, Subject, Time};
use ledger::Hash;
use ledger::package::Scope;

use super::ExportId;
use super::facts::Facts;

/// How many earlier sizes one package proves at most.
const SINCE_MAX: usize = 1_000;

/// What somebody asks a package about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// One change and everything that belongs to it.
    Change(Subject),
    /// Every entry between two ends, each an index or a moment as RFC 3339 writes it. An end left out is the ledger's.
    Period {
        /// The first.
        from: Option<String>,
        /// The last.
        to: Option<String>,
    },
}

/// A package that was made, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub export: ExportId,
    /// What it is about.
    pub scope: Scope,
    /// How many entries the ledger had.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// How many entries are in it.
    pub entries: u64,
    /// How many evidence files are in it.
    pub evidence_files: u64,
    /// Earlier sizes that it proves the ledger went on from.
    pub since: Vec<u64>,
    /// The version of the policy in force.
    pub policy_version: u64,
    /// Who made it.
    pub exported_by: PersonId,
    /// When.
    pub exported_at: Time,
}

/// The scope in indexes.
///
/// # Errors
/// A refusal when the change has no entry, an end is neither an index nor a moment, or nothing lies between the ends.
pub(crate) fn resolve(asked: &Asked, facts: &Facts) -> Result<Scope, Refusal> {
    match asked {
        Asked::Change(subject) => match facts.about(subject).next() {
            Some(_) => Ok(Scope::Change {
                subject: subject.clone(),
            }),
            None => Err(
                Refusal::new(Class::NotFound, "export", format!("there is no {subject}"))
                    .way_out("look it up with `tagout change list`"),
            ),
        },
        Asked::Period { from, to } => {
            let first = match from.as_deref().map(end).transpose()? {
                None => Some(0),
                Some(End::Index(index)) => Some(index),
                Some(End::Moment(moment)) => {
                    let found = facts.list.iter().find(|fact| fact.time >= moment);
                    found.map(|fact| fact.index)
                }
            };
            let newest = facts.list.last().map(|fact| fact.index);
            let last = match to.as_deref().map(end).transpose()? {
                None => newest,
                Some(End::Index(index)) => Some(index),
                Some(End::Moment(moment)) => {
                    let found = facts.list.iter().rev().find(|fact| fact.time <= moment);
                    found.map(|fact| fact.index)
                }
            };
            match (first, last) {
                (Some(first), Some(last)) if first <= last && Some(last) <= newest => {
                    Ok(Scope::Period { first, last })
                }
                _ => Err(
                    Refusal::new(Class::Invalid, "export", "no entry lies in this period")
                        .missing(format!("the ledger has the entries 0 to {}", newest.unwrap_or(0)))
                        .way_out("`tagout history list` shows entries with their indexes and times"),
                ),
            }
        }
    }
}

enum End {
    Index(u64),
    Moment(Time),
}

fn end(text: &str) -> Result<End, Refusal> {
    let index = text.parse().ok().map(End::Index);
    let moment = || Time::parse(text).ok().map(End::Moment);
    index.or_else(moment).ok_or_else(|| {
        let what = format!("`{text}` is neither an index nor a moment");
        Refusal::new(Class::Invalid, "export", what).way_out("write it like `120` or `2026-11-22T08:00:00Z`")
    })
}

/// The sizes to prove: those asked for, and those of heads that were signed and may have been kept by somebody.
///
/// # Errors
/// A refusal when the ledger was never of a size asked for.
pub(crate) fn sizes_since(asked: &[u64], signed: &[u64], size: u64) -> Result<Vec<u64>, Refusal> {
    if let Some(beyond) = asked.iter().find(|since| **since > size) {
        let what = format!("the ledger has {size} entries; it never had {beyond}");
        return Err(Refusal::new(Class::Invalid, "since", what)
            .way_out("give the size that stands in the second line of the checkpoint you kept"));
    }
    let mut sizes: Vec<u64> = asked.to_vec();
    sizes.extend(signed.iter().rev().take(SINCE_MAX.saturating_sub(asked.len())));
    sizes.retain(|since| (1..size).contains(since));
    sizes.sort_unstable();
    sizes.dedup();
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_rise_and_lie_between_nothing_and_the_ledger() {
        assert_eq!(sizes_since(&[9, 3, 3, 0, 10], &[7, 10], 10), Ok(vec![3, 7, 9]));
        assert_eq!(sizes_since(&[11], &[], 10).unwrap_err().class, Class::Invalid);
    }

    #[test]
    fn an_end_is_an_index_or_a_moment() {
        assert!(matches!(end("12"), Ok(End::Index(12))));
        assert!(matches!(end("2026-11-22T08:00:00Z"), Ok(End::Moment(_))));
        for wrong in ["", "-1", "tomorrow", "2026-11-22"] {
            assert!(end(wrong).is_err(), "{wrong}");
        }
    }
}
