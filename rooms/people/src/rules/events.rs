//! What the ledger keeps of people. These shapes are stored for ever: members are only ever added.

use std::collections::BTreeSet;

use basis::{Id, PersonId, Role, Subject, Time};
use ledger::events::Event;
use serde::{Deserialize, Serialize};

use super::{KeyId, OrganisationId, PasskeyId, TokenId};

/// Declares what each event is called and about.
macro_rules! event {
    ($name:ident, $event_type:literal, $subject:ident $(, sealed = $sealed:literal)? $(, free_text = $free_text:expr)?) => {
        impl Event for $name {
            const TYPE: &'static str = $event_type;
            $(const SEALED: bool = $sealed;)?
            $(const FREE_TEXT: &'static [&'static str] = $free_text;)?
            fn subject(&self) -> Subject {
                self.$subject.subject()
            }
        }
    };
}

/// The organisation was founded; the first entry of every ledger. It names the keys, so that a swapped one is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founded {
    pub organisation: OrganisationId,
    pub name: String,
    pub verifier_key: String,
    /// SHA-256 of the public key for permit tokens; absent from the oldest entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit_key_sha256: Option<String>,
    /// What only the organisation's sealing key opens; absent from the oldest entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_origin: Option<String>,
}
event!(Founded, "people.founded", organisation, free_text = &["name"]);

/// A person became known to the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    pub person: PersonId,
    pub handle: String,
    pub name: String,
    pub roles: BTreeSet<Role>,
}
event!(Enrolled, "people.enrolled", person, free_text = &["name"]);

/// A person was given the means to choose their credentials, by the actor. It stands beside each invitation and, unlike
/// that, travels in packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessOpened {
    pub person: PersonId,
    /// Whether they had credentials and choose them anew.
    pub is_reset: bool,
    /// Whether nobody but the actor was there who could say who they are.
    pub is_alone: bool,
}
event!(AccessOpened, "people.access_opened", person);

/// The actor confirmed that the person who accepted the last invitation is who they are said to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    pub person: PersonId,
    pub reason: String,
    /// The number of that invitation among those of the person; absent from the oldest entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<u64>,
}
event!(Confirmed, "people.confirmed", person, free_text = &["reason"]);

/// A person was given a one-time code with which to choose their password. Any earlier code ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    pub person: PersonId,
    pub sha256: String,
    pub expires: Time,
}
event!(Invited, "people.invited", person, sealed = true);

/// A person chose a password and a secret for one-time codes. Every token they had ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialsSet {
    pub person: PersonId,
    pub sealed_hash: String,
    pub sealed_totp_secret: String,
    pub step: u64,
}
event!(CredentialsSet, "people.credentials_set", person, sealed = true);

/// A person holds these roles from now on, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolesGranted {
    pub person: PersonId,
    pub roles: BTreeSet<Role>,
    pub reason: String,
}
event!(
    RolesGranted,
    "people.roles_granted",
    person,
    free_text = &["reason"]
);

/// A person may no longer act. Their tokens end; their keys are no longer good for signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    pub person: PersonId,
    pub reason: String,
}
event!(Disabled, "people.disabled", person, free_text = &["reason"]);

/// A person proved that they hold a signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEnrolled {
    pub person: PersonId,
    pub key_id: KeyId,
    pub key: String,
    pub fingerprint: String,
}
event!(KeyEnrolled, "people.key_enrolled", person);

/// A signing key is no longer good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRevoked {
    pub person: PersonId,
    pub key_id: KeyId,
    pub reason: String,
}
event!(KeyRevoked, "people.key_revoked", person, free_text = &["reason"]);

/// A token was given out: at sign-in, or to a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenIssued {
    pub person: PersonId,
    pub token: TokenId,
    pub kind: String,
    pub name: String,
    pub sha256: String,
    /// The acts it is limited to; absent where it has no limit of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<BTreeSet<String>>,
    pub expires: Time,
    /// The step of the one-time code that was used up, at sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// The recovery code that was used up in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<u64>,
    /// The passkey that was used instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyUse>,
    /// Where the sign-in came from; absent from the oldest entries and from tokens for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}
event!(TokenIssued, "people.token_issued", person, sealed = true);

/// A token ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRevoked {
    pub person: PersonId,
    pub token: TokenId,
}
event!(TokenRevoked, "people.token_revoked", person);

/// Somebody tried to sign in as this person and failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFailed {
    pub person: PersonId,
    pub source: String,
    /// The passkey that was tried; absent where it was a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyId>,
    /// The challenge that was used up by it, as SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// Whether all was right but the passkey's counter, which did not grow: somebody may have a copy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_copy_suspected: bool,
    /// Whether it is counted from one again, because so long before it nobody failed that a lock would have run out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_first: bool,
}
event!(
    SignInFailed,
    "people.sign_in_failed",
    person,
    free_text = &["source"]
);

/// What a passkey used up when it answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyUse {
    pub passkey: PasskeyId,
    /// Its counter from now on; 0 where it keeps none.
    pub counter: u32,
    /// The challenge, as SHA-256.
    pub challenge: String,
}

/// Who holds a sign-in proved again who they are, and holds it under another secret from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenAgain {
    pub person: PersonId,
    pub token: TokenId,
    /// The token's secret from now on, as SHA-256; absent from the oldest entries, which left it as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<PasskeyUse>,
}
event!(
    ProvenAgain,
    "people.proven_again",
    person,
    sealed = true,
    free_text = &["source"]
);

/// A person accepted an invitation without choosing a password. Every way to sign in that they had ends, and every token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAccepted {
    pub person: PersonId,
}
event!(InvitationAccepted, "people.invitation_accepted", person);

/// A person may sign in with this passkey from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyEnrolled {
    pub person: PersonId,
    pub passkey: PasskeyId,
    pub name: String,
    /// The name by which browsers find it, in hex.
    pub credential: String,
    /// The public key as OpenSSH writes it.
    pub key: String,
    pub counter: u32,
    /// Whether it may be copied to other devices of its person.
    pub is_backup_eligible: bool,
    /// The challenge that was used up, as SHA-256.
    pub challenge: String,
}
event!(
    PasskeyEnrolled,
    "people.passkey_enrolled",
    person,
    free_text = &["name"]
);

/// A passkey is no longer good for signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRevoked {
    pub person: PersonId,
    pub passkey: PasskeyId,
    pub reason: String,
}
event!(
    PasskeyRevoked,
    "people.passkey_revoked",
    person,
    free_text = &["reason"]
);

/// A person who is signed in chose a password and a secret for one-time codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSet {
    pub person: PersonId,
    pub sealed_hash: String,
    pub sealed_totp_secret: String,
    pub step: u64,
}
event!(PasswordSet, "people.password_set", person, sealed = true);

/// A person signs in without a password from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordRemoved {
    pub person: PersonId,
}
event!(PasswordRemoved, "people.password_removed", person);

/// A person was shown recovery codes. Any earlier ones end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodesMade {
    pub person: PersonId,
    /// The hashes, in the order in which the codes were shown.
    pub sha256s: Vec<String>,
}
event!(
    RecoveryCodesMade,
    "people.recovery_codes_made",
    person,
    sealed = true
);
