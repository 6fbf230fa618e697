//! Whether a second person has confirmed who somebody is, and what waits until then.
//!
//! Whoever gives an invitation could accept it themselves and play the other person. So an account that was opened, or
//! whose credentials were chosen anew, has no role until somebody who did not give the invitation has said that the
//! person behind it is who they are said to be: neither to decide, nor to ask or work, for who decides could play those.
//! `docs/decisions/0006-a-second-person-confirms.md` has the reasons.

use std::collections::BTreeSet;

use basis::{Class, PersonId, Refusal, Role, Time};

use super::Person;

/// One invitation that a person was given, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its number among those of the person, from 1.
    pub number: u64,
    /// Who gave it.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Time,
    /// Whether the person was known already and chooses their credentials anew.
    pub is_reset: bool,
    /// Whether nobody else was there who could have confirmed who they are.
    pub is_alone: bool,
    /// When it was accepted.
    pub taken_up_at: Option<Time>,
    /// Who confirmed that the right person accepted it, and when.
    pub confirmed: Option<(PersonId, Time)>,
}

impl Access {
    /// Whether somebody with these invitations has accepted one, or is known from before they were recorded.
    pub fn has_come_in(accesses: &[Access]) -> bool {
        accesses.is_empty() || accesses.iter().any(|access| access.taken_up_at.is_some())
    }
}

/// Whether somebody has confirmed who a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody could: the founder, and who came while the organisation had nobody else. Holds every role, and is listed.
    Alone,
    /// Nobody has yet.
    Unconfirmed,
    /// Somebody has, or the person is known from before the program asked for it.
    Confirmed,
}

impl Standing {
    /// The standing that follows from the invitations of a person, oldest first.
    pub fn of(accesses: &[Access]) -> Self {
        let taken_up = accesses.iter().rev().find(|access| access.taken_up_at.is_some());
        match taken_up.or(accesses.last()) {
            None => Standing::Confirmed,
            Some(access) if access.confirmed.is_some() => Standing::Confirmed,
            Some(access) if access.is_alone => Standing::Alone,
            Some(_) => Standing::Unconfirmed,
        }
    }

    /// The word for it in the API.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Alone => "alone",
            Standing::Unconfirmed => "unconfirmed",
            Standing::Confirmed => "confirmed",
        }
    }

    /// The roles of these that a person of this standing may use.
    pub fn usable(self, roles: &BTreeSet<Role>) -> BTreeSet<Role> {
        match self {
            Standing::Unconfirmed => BTreeSet::new(),
            Standing::Alone | Standing::Confirmed => roles.clone(),
        }
    }
}

/// Whether `other` could say who `person` is, whom `inviter` invites. Where nobody could, the person comes in alone.
pub fn could_confirm(other: &Person, inviter: PersonId, person: PersonId) -> bool {
    other.is_active && other.standing != Standing::Unconfirmed && other.id != inviter && other.id != person
}

/// Refuses a confirmation by somebody who cannot give it, of somebody of whom it cannot be given now, or of another
/// acceptance than the last: `invitation` is the one of which whoever confirms was told.
pub fn check_confirmation(
    by: &Person,
    person: &Person,
    accesses: &[Access],
    invitation: u64,
) -> Result<(), Refusal> {
    let refused = |class: Class, what: String| Refusal::new(class, "confirmation", what);
    let ask_another = ask_for_confirmation(person.id);
    if !person.is_active {
        let what = format!("{} has been disabled", person.id);
        return Err(refused(Class::Conflict, what).way_out("`tagout people list` shows who is active"));
    }
    let Some(access) = accesses.iter().rev().find(|access| access.taken_up_at.is_some()) else {
        let what = format!("{} has not accepted their invitation yet", person.id);
        return Err(refused(Class::Conflict, what)
            .missing("an account that they have set up themselves, with `tagout accept`")
            .way_out("confirm when they have told you that they signed in"));
    };
    let what = if by.id == person.id {
        format!("nobody confirms themselves, and {} is no exception", by.id)
    } else if access.opened_by == by.id {
        format!(
            "{} gave the invitation that {} accepted, so somebody else has to confirm it",
            by.id, person.id
        )
    } else if by.standing == Standing::Unconfirmed {
        format!(
            "nobody has confirmed who {} is, so they confirm nobody else",
            by.id
        )
    } else {
        return check_accepted(person, access, invitation);
    };
    Err(refused(Class::Forbidden, what)
        .missing("a second person, who is confirmed, did not invite them and knows them")
        .way_out(ask_another))
}

/// A reset between being told and confirming must not get the confirmation: somebody else may have accepted it.
fn check_accepted(person: &Person, accepted: &Access, invitation: u64) -> Result<(), Refusal> {
    if accepted.number == invitation {
        return Ok(());
    }
    let (id, number) = (person.id, accepted.number);
    let at = accepted
        .taken_up_at
        .map_or(String::new(), |at| format!(" at {}", at.to_minutes()));
    Err(Refusal::new(
        Class::Conflict,
        "confirmation",
        format!("{id} accepted invitation {number} last{at}, not invitation {invitation}"),
    )
    .missing(format!("that you know who accepted invitation {number}"))
    .way_out(format!(
        "look who gave it, when it was accepted: `tagout people show {id}`"
    ))
    .way_out(format!(
        "ask {} whether they accepted it, then confirm it: `--invitation {number}`",
        person.name
    )))
}

fn ask_for_confirmation(person: PersonId) -> String {
    format!(
        "ask one who knows them to say so: `tagout people confirm {person} --invitation NUMBER --reason HOW`, with the number that `tagout people show {person}` names"
    )
}

/// What somebody is told who asks for something that one of their roles allows, but which waits.
pub fn waits(person: &Person, inviter: Option<PersonId>, act: &str) -> Refusal {
    let but = inviter.map_or(String::new(), |inviter| {
        format!(", other than {inviter} who invited them")
    });
    Refusal::new(
        Class::Forbidden,
        "confirmation",
        format!(
            "{} may not do `{act}` before somebody has confirmed who they are",
            person.id
        ),
    )
    .missing(format!("a confirmation by a second active person{but}"))
    .way_out(ask_for_confirmation(person.id))
}

/// Refuses to change one's own roles.
pub fn check_not_own_roles(actor: PersonId, person: PersonId) -> Result<(), Refusal> {
    if actor != person {
        return Ok(());
    }
    Err(Refusal::new(
        Class::Forbidden,
        "own roles",
        format!("{actor} may not change their own roles"),
    )
    .missing("an administrator who is somebody else")
    .way_out("ask another administrator; where there is none, enrol one: `tagout people enrol HANDLE --name NAME --roles administrator`")
    .way_out("the first administrator's roles are named at the founding: `tagout init --roles ROLES`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Handle;
    use basis::Id;
    use proptest::prelude::*;

    fn id(number: u64) -> PersonId {
        PersonId::from_number(number)
    }

    fn at(minute: i64) -> Time {
        Time::from_ms(minute * 60_000)
    }

    fn person(number: u64, standing: Standing, is_active: bool) -> Person {
        Person {
            id: id(number),
            handle: Handle::parse("somebody").unwrap(),
            name: "Somebody".to_owned(),
            roles: Role::ALL.into(),
            is_active,
            enrolled_at: at(0),
            standing,
            has_come_in: true,
        }
    }

    fn access(opened_by: u64, is_alone: bool, taken_up: bool, confirmed: bool) -> Access {
        Access {
            number: 1,
            opened_by: id(opened_by),
            opened_at: at(1),
            is_reset: false,
            is_alone,
            taken_up_at: taken_up.then(|| at(2)),
            confirmed: confirmed.then(|| (id(9), at(3))),
        }
    }

    #[test]
    fn the_standing_is_that_of_the_last_invitation_that_was_accepted() {
        let rows = [
            (vec![], Standing::Confirmed),
            (vec![access(1, true, false, false)], Standing::Alone),
            (vec![access(1, false, false, false)], Standing::Unconfirmed),
            (vec![access(1, false, true, true)], Standing::Confirmed),
            // Inviting again takes nothing away; accepting does.
            (
                vec![access(1, false, true, true), access(1, false, false, false)],
                Standing::Confirmed,
            ),
            (
                vec![access(1, false, true, true), access(1, false, true, false)],
                Standing::Unconfirmed,
            ),
            (
                vec![access(1, true, true, false), access(1, false, true, false)],
                Standing::Unconfirmed,
            ),
        ];
        for (accesses, standing) in rows {
            assert_eq!(Standing::of(&accesses), standing, "{accesses:?}");
        }
    }

    #[test]
    fn who_is_unconfirmed_waits_with_every_role() {
        let all: BTreeSet<Role> = Role::ALL.into();
        assert_eq!(Standing::Alone.usable(&all), all);
        assert_eq!(Standing::Confirmed.usable(&all), all);
        assert_eq!(Standing::Unconfirmed.usable(&all), BTreeSet::new());
    }

    proptest! {
        #[test]
        fn one_person_alone_never_makes_somebody_who_decides(
            others in proptest::collection::vec((any::<bool>(), 0_u8..3), 0..6),
            confirmer in 0_usize..6,
        ) {
            let standings = [Standing::Alone, Standing::Unconfirmed, Standing::Confirmed];
            let everybody: Vec<Person> = others
                .iter()
                .zip(1_u64..)
                .map(|((is_active, standing), number)| person(number, standings[usize::from(*standing)], *is_active))
                .collect();
            // PER-0001 invites PER-0100.
            let is_alone = !everybody.iter().any(|other| could_confirm(other, id(1), id(100)));
            let accesses = [access(1, is_alone, true, false)];
            let new = person(100, Standing::of(&accesses), true);
            let somebody_else = everybody
                .iter()
                .any(|other| other.is_active && other.standing != Standing::Unconfirmed && other.id != id(1));
            prop_assert_eq!(new.standing == Standing::Unconfirmed, somebody_else);
            if let Some(by) = everybody.get(confirmer) && check_confirmation(by, &new, &accesses, 1).is_ok() {
                prop_assert!(by.id != id(1) && by.standing != Standing::Unconfirmed);
            }
        }
    }

    #[test]
    fn who_gave_the_invitation_or_accepted_it_does_not_confirm_it() {
        let new = person(3, Standing::Unconfirmed, true);
        let taken_up = [access(1, false, true, false)];
        let answer = |by: u64, standing, accesses: &[Access]| {
            check_confirmation(&person(by, standing, true), &new, accesses, 1)
                .map_err(|refusal| refusal.class)
        };
        assert_eq!(answer(2, Standing::Alone, &taken_up), Ok(()));
        assert_eq!(answer(2, Standing::Confirmed, &taken_up), Ok(()));
        assert_eq!(answer(1, Standing::Confirmed, &taken_up), Err(Class::Forbidden));
        assert_eq!(answer(3, Standing::Confirmed, &taken_up), Err(Class::Forbidden));
        assert_eq!(answer(2, Standing::Unconfirmed, &taken_up), Err(Class::Forbidden));
        assert_eq!(
            answer(2, Standing::Alone, &[access(1, false, false, false)]),
            Err(Class::Conflict),
            "before anybody accepted there is nothing to confirm"
        );
    }

    #[test]
    fn what_is_confirmed_is_the_last_acceptance_and_no_other() {
        let numbered = |number, taken_up| Access {
            number,
            ..access(1, false, taken_up, false)
        };
        let accesses = [numbered(1, true), numbered(2, true), numbered(3, false)];
        let (by, new) = (
            person(2, Standing::Confirmed, true),
            person(3, Standing::Unconfirmed, true),
        );
        for (invitation, is_good) in [(0, false), (1, false), (2, true), (3, false), (4, false)] {
            let answer = check_confirmation(&by, &new, &accesses, invitation);
            assert_eq!(answer.is_ok(), is_good, "{invitation}");
            if let Err(refusal) = answer {
                assert_eq!(refusal.class, Class::Conflict);
                assert!(refusal.what.contains("accepted invitation 2 last"), "{refusal}");
            }
        }
    }
}
