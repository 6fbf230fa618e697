//! People as the API shows them: their keys, and how they got in.

use basis::{PersonId, Time};
use frame::{IdText, TimeText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::{Access, KeyId, Person, SigningKey};

/// A person, as others see them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonView {
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    pub handle: String,
    pub name: String,
    /// The names of the roles they hold.
    pub roles: Vec<String>,
    pub is_active: bool,
    /// `confirmed`; `unconfirmed` while their roles wait for somebody to confirm who they are; `alone` where nobody
    /// was there who could.
    pub standing: String,
    /// Whether they have accepted an invitation.
    pub has_come_in: bool,
    #[schemars(with = "TimeText")]
    pub enrolled_at: Time,
}

impl From<Person> for PersonView {
    fn from(person: Person) -> Self {
        Self {
            person: person.id,
            handle: person.handle.as_str().to_owned(),
            name: person.name,
            roles: person
                .roles
                .into_iter()
                .map(|role| role.name().to_owned())
                .collect(),
            is_active: person.is_active,
            standing: person.standing.name().to_owned(),
            has_come_in: person.has_come_in,
            enrolled_at: person.enrolled_at,
        }
    }
}

/// A signing key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyView {
    #[schemars(with = "IdText<KeyId>")]
    pub key: KeyId,
    #[schemars(with = "IdText<PersonId>")]
    pub person: PersonId,
    /// The public key as OpenSSH writes it.
    pub openssh: String,
    pub fingerprint: String,
    #[schemars(with = "TimeText")]
    pub enrolled_at: Time,
    #[schemars(with = "Option<TimeText>")]
    pub revoked_at: Option<Time>,
}

impl From<SigningKey> for KeyView {
    fn from(key: SigningKey) -> Self {
        Self {
            key: key.id,
            person: key.person,
            openssh: key.openssh,
            fingerprint: key.fingerprint,
            enrolled_at: key.enrolled_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// One invitation that a person was given.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessView {
    /// Its number among those of the person, from 1.
    pub number: u64,
    /// Who gave it.
    #[schemars(with = "IdText<PersonId>")]
    pub opened_by: PersonId,
    #[schemars(with = "TimeText")]
    pub opened_at: Time,
    /// Whether the person had credentials and chose them anew.
    pub is_reset: bool,
    /// Whether nobody else was there who could have confirmed who they are.
    pub is_alone: bool,
    #[schemars(with = "Option<TimeText>")]
    pub taken_up_at: Option<Time>,
    #[schemars(with = "Option<IdText<PersonId>>")]
    pub confirmed_by: Option<PersonId>,
    #[schemars(with = "Option<TimeText>")]
    pub confirmed_at: Option<Time>,
}

impl From<Access> for AccessView {
    fn from(access: Access) -> Self {
        Self {
            number: access.number,
            opened_by: access.opened_by,
            opened_at: access.opened_at,
            is_reset: access.is_reset,
            is_alone: access.is_alone,
            taken_up_at: access.taken_up_at,
            confirmed_by: access.confirmed.map(|(by, _)| by),
            confirmed_at: access.confirmed.map(|(_, at)| at),
        }
    }
}

/// A person with their signing keys and the invitations that they were given, oldest first.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonWithKeys {
    pub person: PersonView,
    pub keys: Vec<KeyView>,
    pub invitations: Vec<AccessView>,
}
