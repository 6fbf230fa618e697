//! The proof that a person may do one act on one thing. Only the checker in this file can make one.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use crate::{Actor, Class, PersonId, Refusal, Role, Subject};

/// A kind of act, such as approving a change. Implemented by empty types, one per act.
pub trait Act {
    /// The act's name in the policy, the log and the refusals: room, dot, verb, such as `changes.approve`.
    const NAME: &'static str;
}

/// Declares an act: `act!(/// Approves a change. Approve, "changes.approve");`
#[macro_export]
macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl $crate::Act for $name {
            const NAME: &'static str = $text;
        }
    };
}

/// The proof that `person` may do the act `A` on `subject`. Rules take it as an argument, so that an act
/// without a check does not compile.
#[derive(Debug)]
pub struct Authority<A> {
    person: PersonId,
    subject: Subject,
    act: PhantomData<A>,
}

impl<A: Act> Authority<A> {
    /// Who holds it.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// What it is for.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }
}

/// Which roles may do which act: the authority table of the policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorityTable {
    rows: BTreeMap<String, BTreeSet<Role>>,
}

/// The table names an act that the program does not know, or leaves one out that it needs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownRow {
    /// The program has no such act.
    #[error("the authority table names `{0}`, which is no act of this program; remove the row")]
    NoSuchAct(String),
    /// The program has an act without a row.
    #[error("the authority table has no row for `{0}`; add one that says which roles may do it")]
    NoRow(String),
}

impl AuthorityTable {
    /// Makes the table from rows of act and roles.
    pub fn new(rows: impl IntoIterator<Item = (String, BTreeSet<Role>)>) -> Self {
        Self {
            rows: rows.into_iter().collect(),
        }
    }

    /// The roles that may do the act named `act`; none when the table has no row for it.
    pub fn roles(&self, act: &str) -> BTreeSet<Role> {
        self.rows.get(act).cloned().unwrap_or_default()
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &BTreeSet<Role>)> {
        self.rows.iter().map(|(act, roles)| (act.as_str(), roles))
    }

    /// Checks that the table has exactly one row for each of `acts`.
    pub fn covers(&self, acts: &[&str]) -> Result<(), UnknownRow> {
        if let Some(row) = self.rows.keys().find(|row| !acts.contains(&row.as_str())) {
            return Err(UnknownRow::NoSuchAct(row.clone()));
        }
        match acts.iter().find(|act| !self.rows.contains_key(**act)) {
            Some(act) => Err(UnknownRow::NoRow((*act).to_owned())),
            None => Ok(()),
        }
    }

    /// Refuses an actor who may not do the act of this name on anything.
    pub fn admit(&self, actor: &Actor, act: &str) -> Result<(), Refusal> {
        let allowed = self.roles(act);
        if actor.roles.is_disjoint(&allowed) {
            let names: Vec<&str> = allowed.iter().map(|role| role.name()).collect();
            let what = format!("{} may not do `{act}`", actor.person);
            return Err(Refusal::new(Class::Forbidden, "authority", what)
                .missing(match names.as_slice() {
                    [] => "the policy in force allows it to nobody".to_owned(),
                    names => format!("one of the roles {}", names.join(", ")),
                })
                .way_out("ask somebody who holds such a role, or ask an administrator to grant it"));
        }
        if actor.scope.as_ref().is_some_and(|scope| !scope.contains(act)) {
            let what = format!("this token of {} is not scoped for `{act}`", actor.person);
            return Err(Refusal::new(Class::Forbidden, "authority", what).way_out(
                "make a token whose scope names the act, or sign in with password and one-time code",
            ));
        }
        Ok(())
    }

    pub(crate) fn check<A: Act>(&self, actor: &Actor, subject: Subject) -> Result<Authority<A>, Refusal> {
        self.admit(actor, A::NAME)?;
        Ok(Authority {
            person: actor.person,
            subject,
            act: PhantomData,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Authentication, Id, Proven};

    act!(
        /// For the tests below.
        Approve,
        "changes.approve"
    );

    fn actor(role: Role) -> Actor {
        let person = PersonId::from_number(2);
        Actor {
            person,
            authentication: Authentication::Token,
            proven: Proven::Now,
            roles: [role].into(),
            scope: None,
        }
    }

    fn table() -> AuthorityTable {
        AuthorityTable::new([("changes.approve".to_owned(), BTreeSet::from([Role::Approver]))])
    }

    #[test]
    fn only_a_role_in_the_row_gets_the_proof() {
        for role in Role::ALL {
            let answer = actor(role).may::<Approve>(PersonId::from_number(9), &table());
            assert_eq!(answer.is_ok(), role == Role::Approver, "{role}");
        }
    }

    #[test]
    fn a_token_does_only_what_its_scope_names() {
        let mut holder = actor(Role::Approver);
        holder.scope = Some(BTreeSet::from(["changes.open".to_owned()]));
        let refusal = holder
            .may::<Approve>(PersonId::from_number(9), &table())
            .unwrap_err();
        assert_eq!(refusal.class, Class::Forbidden);
    }

    #[test]
    fn a_table_must_have_one_row_for_every_act() {
        assert_eq!(table().covers(&["changes.approve"]), Ok(()));
        assert_eq!(
            table().covers(&[]),
            Err(UnknownRow::NoSuchAct("changes.approve".into()))
        );
        assert_eq!(
            table().covers(&["changes.approve", "x.y"]),
            Err(UnknownRow::NoRow("x.y".into()))
        );
    }
}
