//! The decisions about evidence.

use std::collections::BTreeSet;

use basis::{Actor, Authority, Class, Refusal, Span, Subject, Time};
use ledger::entry::BlobRef;
use ledger::events::Events;

use super::acts::{Add, Destroy, Read};
use super::events::{Added, Destroyed, Finalised, Opened};
use super::evidence::{Claim, Evidence, EvidenceId, Opening, OpeningId, Standing};

/// How many things one piece of evidence may be about.
pub(crate) const ABOUT_MAX: usize = 200;
/// How many objectives one piece of evidence may serve.
pub(crate) const OBJECTIVES_MAX: usize = 50;
/// Longest objective, such as `r3:A.03.04.03.b[02]`.
const OBJECTIVE_CHARS_MAX: usize = 40;
/// How far ahead of ours the clock of whoever took the evidence may be.
const CLOCK_TOLERANCE: Span = Span::minutes(5);
/// How long an opening serves for fetching the content.
const OPENING_LIFE: Span = Span::minutes(10);
/// Longest reason.
const REASON_CHARS_MAX: usize = 2_000;

fn invalid(what: impl Into<String>) -> Refusal {
    Refusal::new(Class::Invalid, "evidence", what)
}

/// Refuses evidence that is about nothing or too much, serves what is no objective, or comes from the future.
pub(crate) fn check_new(new: &Claim, now: Time) -> Result<(), Refusal> {
    if new.about.is_empty() {
        return Err(invalid("evidence about nothing proves nothing")
            .missing("what it is about: a change, an asset, a run, a finding or a person")
            .way_out("name it by its id, such as `--about CHG-0001`"));
    }
    if new.about.len() > ABOUT_MAX || new.objectives.len() > OBJECTIVES_MAX {
        let what = format!(
            "evidence is about at most {ABOUT_MAX} things and serves at most {OBJECTIVES_MAX} objectives"
        );
        return Err(invalid(what).way_out("add it once for each group"));
    }
    if let Some(wrong) = new.objectives.iter().find(|objective| !is_objective(objective)) {
        let shown: String = wrong.chars().take(OBJECTIVE_CHARS_MAX).collect();
        return Err(invalid(format!("`{shown}` is not an assessment objective"))
            .way_out("write it like `r2:3.4.3[c]` or `r3:A.03.04.03.b[02]`"));
    }
    if new.taken_at > now + CLOCK_TOLERANCE {
        let what = format!(
            "the evidence was taken at {}, which has not come yet",
            new.taken_at
        );
        return Err(invalid(what).way_out("compare the clocks of both machines, then give the right time"));
    }
    Ok(())
}

fn is_objective(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '[' | ']');
    let rest = text.strip_prefix("r2:").or_else(|| text.strip_prefix("r3:"));
    text.len() <= OBJECTIVE_CHARS_MAX
        && rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(allowed))
}

/// The event that adds evidence; what it is about and serves comes out once each and in order.
pub(crate) fn added(id: EvidenceId, new: Claim) -> Added {
    let about: BTreeSet<Subject> = new.about.into_iter().collect();
    let objectives: BTreeSet<String> = new.objectives.into_iter().collect();
    Added {
        about: about.into_iter().collect(),
        blob: BlobRef {
            sha256: new.blob.sha256,
            size: new.blob.size,
        },
        evidence: id,
        is_final: new.is_final,
        kind: new.kind.name().to_owned(),
        media_type: new.media_type.name().to_owned(),
        name: new.name.as_str().to_owned(),
        objectives: objectives.into_iter().collect(),
        sha256: new.blob.clear_sha256,
        size: new.blob.clear_size,
        taken_at: new.taken_at,
    }
}

fn destroyed_refusal(evidence: &Evidence) -> Option<Refusal> {
    let Standing::Destroyed { by, at, .. } = &evidence.standing else {
        return None;
    };
    let what = format!("{} was destroyed by {by} at {}", evidence.id, at.to_minutes());
    Some(
        Refusal::new(Class::Conflict, "evidence", what)
            .way_out("its record, with the hash of what it was, stays"),
    )
}

/// Declares a draft final. Declaring it again changes nothing.
pub(crate) fn finalise(evidence: &Evidence, _authority: &Authority<Add>) -> Result<Events, Refusal> {
    match evidence.standing {
        Standing::Final => Ok(Events::none()),
        Standing::Draft => Ok(Events::one(Finalised {
            evidence: evidence.id,
            sha256: evidence.content_sha256(),
        })),
        Standing::Destroyed { .. } => destroyed_refusal(evidence).map_or_else(|| Ok(Events::none()), Err),
    }
}

/// Records that somebody looks at the content.
pub(crate) fn open(
    evidence: &Evidence,
    opening: OpeningId,
    _authority: &Authority<Read>,
) -> Result<Events, Refusal> {
    match destroyed_refusal(evidence) {
        Some(refusal) => Err(refusal),
        None => Ok(Events::one(Opened {
            evidence: evidence.id,
            opening,
        })),
    }
}

/// Refuses the content to anybody but the one who opened it, and to them after ten minutes.
pub(crate) fn may_fetch(
    evidence: &Evidence,
    opening: &Opening,
    actor: &Actor,
    now: Time,
) -> Result<(), Refusal> {
    if let Some(refusal) = destroyed_refusal(evidence) {
        return Err(refusal);
    }
    let is_theirs = opening.evidence == evidence.id && opening.person == actor.person;
    if is_theirs && now <= opening.at + OPENING_LIFE {
        return Ok(());
    }
    let what = match is_theirs {
        true => format!(
            "{} was made at {} and has ended",
            opening.id,
            opening.at.to_minutes()
        ),
        false => format!("{} is not your opening of {}", opening.id, evidence.id),
    };
    Err(Refusal::new(Class::Forbidden, "evidence", what).way_out(format!(
        "open it with `tagout evidence get {}`, which is recorded",
        evidence.id
    )))
}

/// Destroys the content for a reason that stays.
pub(crate) fn destroy(
    evidence: &Evidence,
    reason: &str,
    _authority: &Authority<Destroy>,
) -> Result<Events, Refusal> {
    if let Some(refusal) = destroyed_refusal(evidence) {
        return Err(refusal);
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let what = format!("a reason has 1 to {REASON_CHARS_MAX} characters");
        return Err(
            invalid(what).way_out("say why the content has to go, without repeating what must not be told")
        );
    }
    Ok(Events::one(Destroyed {
        blob: BlobRef {
            sha256: evidence.blob.sha256,
            size: evidence.blob.size,
        },
        evidence: evidence.id,
        reason: reason.to_owned(),
        sha256: evidence.content_sha256(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::evidence::{EvidenceName, MediaType, StoredFile};
    use basis::{Authentication, Id, PersonId, Proven, Role};
    use ledger::Hash;
    use policy::EvidenceKind;

    fn blob() -> StoredFile {
        StoredFile {
            sha256: Hash([1; 32]),
            size: 100,
            clear_sha256: Hash([2; 32]),
            clear_size: 20,
        }
    }

    fn new(about: usize, objectives: &[&str]) -> Claim {
        Claim {
            name: EvidenceName::made_of("a.txt"),
            media_type: MediaType::Text,
            kind: EvidenceKind::Document,
            blob: blob(),
            about: (1..=about as u64)
                .map(|n| PersonId::from_number(n).subject())
                .collect(),
            objectives: objectives.iter().map(|o| (*o).to_owned()).collect(),
            is_final: true,
            taken_at: now(),
        }
    }

    fn now() -> Time {
        Time::parse("2026-11-22T08:00:00Z").unwrap()
    }

    fn evidence(standing: Standing) -> Evidence {
        Evidence {
            id: EvidenceId::from_number(1),
            name: EvidenceName::made_of("a.txt"),
            media_type: MediaType::Text,
            kind: EvidenceKind::Document,
            blob: blob(),
            about: Vec::new(),
            objectives: Vec::new(),
            taken_at: now(),
            added_by: PersonId::from_number(1),
            added_at: now(),
            standing,
        }
    }

    fn actor(person: u64) -> Actor {
        Actor {
            person: PersonId::from_number(person),
            authentication: Authentication::Token,
            proven: Proven::Now,
            roles: [Role::Auditor].into(),
            scope: None,
        }
    }

    #[test]
    fn evidence_is_about_one_to_200_things() {
        for (about, is_taken) in [(0, false), (1, true), (ABOUT_MAX, true), (ABOUT_MAX + 1, false)] {
            assert_eq!(check_new(&new(about, &[]), now()).is_ok(), is_taken, "{about}");
        }
        let objectives = vec!["r2:3.4.3[c]"; OBJECTIVES_MAX];
        assert!(check_new(&new(1, &objectives), now()).is_ok());
        let objectives = vec!["r2:3.4.3[c]"; OBJECTIVES_MAX + 1];
        assert!(check_new(&new(1, &objectives), now()).is_err());
    }

    #[test]
    fn an_objective_names_its_revision() {
        for (objective, is_taken) in [
            ("r2:3.4.3[c]", true),
            ("r3:A.03.04.03.b[02]", true),
            ("3.4.3[c]", false),
            ("r2:", false),
            ("r2:3.4.3 [c]", false),
            ("r2:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(
                check_new(&new(1, &[objective]), now()).is_ok(),
                is_taken,
                "{objective}"
            );
        }
    }

    #[test]
    fn evidence_from_the_future_is_refused_beyond_what_clocks_differ() {
        let mut from_ahead = new(1, &[]);
        from_ahead.taken_at = now() + CLOCK_TOLERANCE;
        assert!(check_new(&from_ahead, now()).is_ok());
        from_ahead.taken_at = from_ahead.taken_at + Span::milliseconds(1);
        assert!(check_new(&from_ahead, now()).is_err());
    }

    #[test]
    fn only_the_one_who_opened_it_fetches_it_and_for_ten_minutes() {
        let opening = Opening {
            id: OpeningId::from_number(1),
            evidence: EvidenceId::from_number(1),
            person: PersonId::from_number(3),
            at: now(),
        };
        let end = now() + OPENING_LIFE;
        let evidence = evidence(Standing::Final);
        assert!(may_fetch(&evidence, &opening, &actor(3), end).is_ok());
        assert!(may_fetch(&evidence, &opening, &actor(3), end + Span::milliseconds(1)).is_err());
        assert!(may_fetch(&evidence, &opening, &actor(4), now()).is_err());
    }

    #[test]
    fn what_was_destroyed_is_not_fetched() {
        let destroyed = evidence(Standing::Destroyed {
            by: PersonId::from_number(1),
            at: now(),
            reason: "spilled".to_owned(),
        });
        let opening = Opening {
            id: OpeningId::from_number(1),
            evidence: destroyed.id,
            person: PersonId::from_number(3),
            at: now(),
        };
        let refusal = may_fetch(&destroyed, &opening, &actor(3), now()).unwrap_err();
        assert_eq!(refusal.class, Class::Conflict);
        assert_eq!(
            refusal.what,
            "EVD-0001 was destroyed by PER-0001 at 2026-11-22 08:00 UTC"
        );
    }
}
