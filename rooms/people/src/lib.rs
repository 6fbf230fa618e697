//! People: who they are, which roles they hold, how they prove it, and with which keys they sign.
//!
//! A person is a human being; two accounts of one human are one person. What a role allows is the policy's business;
//! what a person did stands in the ledger. Nothing here knows of changes, assets or permits, and nothing ever will.

mod acts;
mod api;
mod commands;
mod gatekeeper;
mod pages;
mod rules;
mod signer;
mod store;
mod views;

use frame::Routes;
use storage::{EventKind, Migration};

pub use acts::{
    Acceptance, Accepted, Attempt, CHALLENGE_LIFE, Challenge, ChosenPassword, Founding, Invitation,
    NewPasskey, NewToken, PasskeyAnswer, PasskeyOffer, PastSignIn, Proof, Purpose, RecoveryCodes,
    RelyingParty, Renewed, SignInDeed, SignedIn, StepUpOffer, accept, accept_with_passkey, challenge,
    check_founding, confirm, disable, end_other_sign_ins, enrol, enrol_key, enrol_passkey, found,
    grant_roles, invite, issue_token, look_at_invitation, make_recovery_codes, offer_passkey, offer_step_up,
    own_passkeys, own_recovery_codes, own_sign_ins, present_sign_in, prove, prove_again, remove_password,
    revoke_key, revoke_passkey, revoke_token, set_password, sign_in, sign_in_history, sign_in_with_passkey,
    user_handle, waiting,
};
pub use api::invitation_link;
pub use commands::{
    AcceptCommand, CodeCommand, KeyCommand, LoginCommand, PasskeyCommand, PeopleCommand,
    RecoveryCodesCommand, TokenCommand, greeting, sign_out,
};
pub use gatekeeper::{Doorkeeper, calendar_reader};
pub use pages::offered;
pub use rules::{
    Access, ENROLMENT_NAMESPACE, Handle, KeyId, OrganisationId, Passkey, PasskeyId, Person, STEP_UP, Secret,
    SigningKey, Standing, TokenId, WaysIn, check_in_person, enrolment_text, roles_of,
};
pub use signer::sign_with_ssh_keygen;
pub use store::{
    StoredToken, accesses_of, all, alone, find, in_words, organisation_name, resolve, signing_key,
    signing_key_by_text, signing_keys_of,
};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &[
    "people.confirm",
    "people.disable",
    "people.enrol",
    "people.enrol_key",
    "people.grant_role",
    "people.issue_token",
    "people.read",
    "people.revoke_key",
    "people.revoke_token",
];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[
        Migration {
            name: "people/0001",
            sql: include_str!("../migrations/0001_people.sql"),
        },
        Migration {
            name: "people/0002",
            sql: include_str!("../migrations/0002_accesses.sql"),
        },
        Migration {
            name: "people/0003",
            sql: include_str!("../migrations/0003_ways_in.sql"),
        },
        Migration {
            name: "people/0004",
            sql: include_str!("../migrations/0004_sign_in_proofs.sql"),
        },
        Migration {
            name: "people/0005",
            sql: include_str!("../migrations/0005_failures_by_way.sql"),
        },
    ]
}

/// The room's events and what becomes of them.
pub fn events() -> Vec<EventKind> {
    store::events()
}

/// The room's routes.
pub fn routes() -> Routes {
    pages::add(api::routes())
}
