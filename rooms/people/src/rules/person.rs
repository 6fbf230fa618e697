//! What a person, a signing key and a token are.

use std::collections::BTreeSet;

use basis::{Class, PersonId, Refusal, Role, Time, id_type};

use super::Standing;

id_type!(
    /// The organisation itself, as the subject of its founding.
    OrganisationId,
    "ORG",
    "organisation"
);
id_type!(
    /// A key with which a person signs approvals.
    KeyId,
    "KEY",
    "key"
);
id_type!(
    /// A token with which a program or a signed-in person speaks.
    TokenId,
    "TOK",
    "token"
);

id_type!(
    /// A passkey or security key with which a person signs in.
    PasskeyId,
    "PSK",
    "passkey"
);

/// The short name by which a person signs in: 2 to 32 of `a-z 0-9 . _ -`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handle(String);

impl Handle {
    /// Takes a text as a handle.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let is_handle = (2..=32).contains(&text.len())
            && text.bytes().all(allowed)
            && text.starts_with(|first: char| first.is_ascii_lowercase());
        if is_handle {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text.chars().take(40).collect();
        Err(
            Refusal::new(Class::Invalid, "handle", format!("`{shown}` cannot be a handle")).way_out(
                "take 2 to 32 of the characters a-z, 0-9, dot, dash and underscore, beginning with a letter",
            ),
        )
    }

    /// The handle's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One human being.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// The name they sign in with.
    pub handle: Handle,
    /// The name others call them by.
    pub name: String,
    /// The roles they hold.
    pub roles: BTreeSet<Role>,
    /// Whether they may act at all.
    pub is_active: bool,
    /// When they were enrolled.
    pub enrolled_at: Time,
    /// Whether somebody has confirmed who they are.
    pub standing: Standing,
    /// Whether they have accepted an invitation, or are known from before invitations were recorded.
    pub has_come_in: bool,
}

impl Person {
    /// The roles that they may use now.
    pub fn usable_roles(&self) -> BTreeSet<Role> {
        self.standing.usable(&self.roles)
    }
}

/// A public key with which a person signs approvals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its id.
    pub id: KeyId,
    /// Whose it is.
    pub person: PersonId,
    /// The key as OpenSSH writes it, without a comment.
    pub openssh: String,
    /// Its fingerprint as `ssh-keygen -l` prints it.
    pub fingerprint: String,
    /// When it was enrolled.
    pub enrolled_at: Time,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// A passkey or security key with which a person signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub person: PersonId,
    /// What its person calls it.
    pub name: String,
    /// The name by which browsers find it, in hex.
    pub credential: String,
    /// The public key as OpenSSH writes it; its application is the relying party.
    pub openssh: String,
    /// Its counter when it was last used; 0 where it keeps none.
    pub counter: u32,
    /// When it was enrolled.
    pub enrolled_at: Time,
    /// When it was last used.
    pub last_used_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A person who signed in.
    SignIn,
    /// A program that acts for a person.
    Api,
    /// A calendar program that fetches a person's calendar and does nothing else.
    Calendar,
}

impl TokenKind {
    /// The word for it in tables and events.
    pub fn name(self) -> &'static str {
        match self {
            TokenKind::SignIn => "sign-in",
            TokenKind::Api => "api",
            TokenKind::Calendar => "calendar",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        [TokenKind::SignIn, TokenKind::Api, TokenKind::Calendar]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// The roles with these names.
pub fn roles_of(names: &[String]) -> Result<BTreeSet<Role>, Refusal> {
    let role_of = |name: &String| {
        Role::named(name).ok_or_else(|| {
            Refusal::new(Class::Invalid, "roles", format!("`{name}` is no role")).way_out(format!(
                "name one or more of {}",
                Role::ALL.map(Role::name).join(", ")
            ))
        })
    };
    names.iter().map(role_of).collect()
}

/// Refuses an empty set of roles, and an auditor or assessor who could also change things.
pub fn check_roles(roles: &BTreeSet<Role>) -> Result<(), Refusal> {
    let reading_only = [Role::Auditor, Role::Assessor];
    if roles.is_empty() {
        return Err(
            Refusal::new(Class::Invalid, "roles", "a person needs at least one role").way_out(format!(
                "name one or more of {}",
                Role::ALL.map(Role::name).join(", ")
            )),
        );
    }
    match reading_only.into_iter().find(|role| roles.contains(role)) {
        Some(role) if roles.len() > 1 => {
            let what = format!("{role} reads everything and changes nothing, so it stands alone");
            Err(Refusal::new(Class::Invalid, "roles", what).way_out("give the role without any other"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_plain_and_short() {
        for good in ["anna", "a1", "b.c-d_e", &"a".repeat(32)] {
            assert_eq!(Handle::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a", "Anna", "1a", "a b", "änne", ".a", &"a".repeat(33)] {
            assert!(Handle::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn who_only_reads_holds_no_other_role() {
        assert!(check_roles(&[Role::Auditor].into()).is_ok());
        assert!(check_roles(&[Role::Approver, Role::Technician].into()).is_ok());
        assert!(check_roles(&[Role::Auditor, Role::Technician].into()).is_err());
        assert!(check_roles(&BTreeSet::new()).is_err());
    }
}
