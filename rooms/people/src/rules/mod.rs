//! What follows from who a person is: plain functions of what they are told.

mod credentials;
mod events;
mod keys;
mod person;
mod sign_in;
mod standing;

pub use credentials::{Secret, check_password_form, hash_password, password_matches};
pub use events::{
    AccessOpened, Confirmed, CredentialsSet, Disabled, Enrolled, Founded, Invited, KeyEnrolled, KeyRevoked,
    RolesGranted, SignInFailed, TokenIssued, TokenRevoked,
};
pub use keys::{ENROLMENT_NAMESPACE, enrolment_text, prove_possession};
pub use person::{
    Handle, KeyId, OrganisationId, Person, SigningKey, TokenId, TokenKind, check_roles, roles_of,
};
pub use sign_in::{Failures, locked_until};
pub use standing::{Access, Standing, check_confirmation, check_not_own_roles, could_confirm, waits};
