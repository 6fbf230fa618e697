//! Step-up: a dangerous act asks for a proof of who one is that is not old.

use basis::{Actor, Authentication, Class, Proven, Refusal, Span, Time};

/// The rule of refusals that ask for a proof; pages offer one.
pub const STEP_UP: &str = "step-up";

fn check_proven_lately(actor: &Actor, within: Span, now: Time, what: &str) -> Result<(), Refusal> {
    let Proven::Before { at, .. } = actor.proven else {
        return Ok(());
    };
    // A clock that was set back makes no proof younger than it can be.
    let is_late = now.since(at) > within || at.since(now) > within;
    if !is_late {
        return Ok(());
    }
    Err(Refusal::new(
        Class::Forbidden,
        STEP_UP,
        format!(
            "{what} needs a proof of who you are that is not older than {within}, and you gave one at {}",
            at.to_minutes()
        ),
    )
    .missing("your passkey, or your password and a one-time code, once more")
    .way_out("sign in again: on the page that asks for it, or with `tagout login`"))
}

/// Refuses what a program may not do, and who proved longer ago than `within` who they are. An act that asks a person for a
/// fresh proof takes no token, whatever its scope names: a token can give none, so it would be the way around the proof for
/// whoever steals it or made it in time. Whoever sits at the data directory at first start is there in person.
pub fn check_in_person(actor: &Actor, within: Span, now: Time, what: &str) -> Result<(), Refusal> {
    match actor.authentication {
        Authentication::PasswordTotp | Authentication::Passkey | Authentication::Setup => {
            check_proven_lately(actor, within, now, what)
        }
        Authentication::Invitation | Authentication::Token | Authentication::Runner => Err(Refusal::new(
            Class::Forbidden,
            STEP_UP,
            format!("{what} needs a person who has signed in, not a token"),
        )
        .way_out("sign in with `tagout login`, then do it again: a program cannot, whatever the scope of its token names")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::{Id, PersonId};

    fn actor(authentication: Authentication, proven: Proven) -> Actor {
        Actor {
            person: PersonId::from_number(1),
            authentication,
            proven,
            roles: [].into(),
            scope: None,
        }
    }

    #[test]
    fn a_proof_is_good_up_to_its_age_and_not_a_moment_longer() {
        let (at, within) = (Time::from_ms(1_000_000_000), Span::minutes(15));
        let proven = Proven::Before { credential: 3, at };
        let moment = Span::milliseconds(1);
        for (now, is_good) in [
            (at, true),
            (at + within, true),
            (at + within + moment, false),
            (at - within, true),
            (at - within - moment, false),
        ] {
            for way in [Authentication::PasswordTotp, Authentication::Passkey] {
                let answer = check_in_person(&actor(way, proven), within, now, "enrolling");
                assert_eq!(answer.is_ok(), is_good, "{way:?} {}", now.to_minutes());
                if let Err(refusal) = answer {
                    assert_eq!(
                        (refusal.class, refusal.rule.as_str()),
                        (Class::Forbidden, STEP_UP)
                    );
                }
            }
        }
    }

    #[test]
    fn only_people_in_person_hand_out_what_reaches_further() {
        let (now, within) = (Time::from_ms(0), Span::minutes(15));
        for (way, is_good) in [
            (Authentication::Setup, true),
            (Authentication::PasswordTotp, true),
            (Authentication::Passkey, true),
            (Authentication::Invitation, false),
            (Authentication::Token, false),
            (Authentication::Runner, false),
        ] {
            let answer = check_in_person(&actor(way, Proven::Now), within, now, "enrolling");
            assert_eq!(answer.is_ok(), is_good, "{way:?}");
        }
    }
}
