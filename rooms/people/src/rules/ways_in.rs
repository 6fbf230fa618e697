//! The ways in which a person signs in. One remains at all times.

use std::fmt;

use basis::{Class, PersonId, Refusal};

use super::PasskeyId;

/// The most passkeys that a person has at a time.
pub const PASSKEYS_MAX: usize = 20;
/// The most characters of a passkey's name.
const NAME_CHARS_MAX: usize = 60;

/// A credential with which somebody signed in, or proved again within a sign-in who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// The password.
    Password,
    /// A recovery code, in place of a one-time code.
    RecoveryCode,
    /// This passkey.
    Passkey(PasskeyId),
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credential::Password => f.write_str("password"),
            Credential::RecoveryCode => f.write_str("recovery_code"),
            Credential::Passkey(passkey) => passkey.fmt(f),
        }
    }
}

/// What somebody can sign in with now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaysIn {
    /// Whose they are.
    pub person: PersonId,
    /// Whether there is a password, with one-time codes.
    pub has_password: bool,
    /// How many passkeys there are.
    pub passkeys: usize,
}

impl WaysIn {
    /// Whether there is any.
    pub fn any(self) -> bool {
        self.has_password || self.passkeys > 0
    }

    /// Refuses to take the password away where it is the only way.
    pub fn check_without_password(self) -> Result<(), Refusal> {
        match self.passkeys {
            0 => Err(self.last("the password")),
            _ => Ok(()),
        }
    }

    /// Refuses to take a passkey away where it is the only way.
    pub fn check_without_a_passkey(self) -> Result<(), Refusal> {
        if self.has_password || self.passkeys > 1 {
            return Ok(());
        }
        Err(self.last("the passkey"))
    }

    /// Refuses one passkey more than there may be.
    pub fn check_one_more(self) -> Result<(), Refusal> {
        if self.passkeys < PASSKEYS_MAX {
            return Ok(());
        }
        let what = format!("{} has {PASSKEYS_MAX} passkeys already", self.person);
        Err(Refusal::new(Class::Limit, "passkeys", what).way_out("revoke one that is no longer in use"))
    }

    fn last(self, which: &str) -> Refusal {
        let what = format!("{which} is the only way in which {} signs in", self.person);
        Refusal::new(Class::Conflict, "ways to sign in", what)
            .missing("another passkey, or a password")
            .way_out(
                "add the other way first; whoever has lost it asks an administrator for a new invitation",
            )
    }
}

/// Takes what a person calls a passkey.
pub fn check_passkey_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let is_good =
        !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control);
    if is_good {
        return Ok(name.to_owned());
    }
    Err(Refusal::new(
        Class::Invalid,
        "passkey",
        "the passkey's name is empty, too long or holds control characters",
    )
    .way_out(format!(
        "name it in 1 to {NAME_CHARS_MAX} characters, such as `blue security key`"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use basis::Id;

    fn ways(has_password: bool, passkeys: usize) -> WaysIn {
        WaysIn {
            person: PersonId::from_number(1),
            has_password,
            passkeys,
        }
    }

    #[test]
    fn the_last_way_in_stays() {
        for (has_password, passkeys, password_may_go, passkey_may_go) in [
            (true, 0, false, true),
            (true, 1, true, true),
            (false, 1, true, false),
            (false, 2, true, true),
        ] {
            let ways = ways(has_password, passkeys);
            assert_eq!(ways.check_without_password().is_ok(), password_may_go, "{ways:?}");
            assert_eq!(ways.check_without_a_passkey().is_ok(), passkey_may_go, "{ways:?}");
        }
    }

    #[test]
    fn so_many_passkeys_and_not_one_more() {
        assert!(ways(true, PASSKEYS_MAX - 1).check_one_more().is_ok());
        assert!(ways(true, PASSKEYS_MAX).check_one_more().is_err());
    }

    #[test]
    fn a_name_is_one_short_line() {
        for (name, is_good) in [
            ("blue key".to_owned(), true),
            ("x".repeat(NAME_CHARS_MAX), true),
            ("x".repeat(NAME_CHARS_MAX + 1), false),
            (" ".to_owned(), false),
            ("a\nb".to_owned(), false),
        ] {
            assert_eq!(check_passkey_name(&name).is_ok(), is_good, "{name}");
        }
    }
}
