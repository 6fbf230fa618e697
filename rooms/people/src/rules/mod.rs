//! What follows from who a person is: plain functions of what they are told.

mod credentials;
mod events;
mod keys;
mod person;
mod recovery;
mod sign_in;
mod standing;
mod step_up;
mod ways_in;

pub use credentials::{Secret, check_password_form, hash_password, password_matches};
pub use events::{
    AccessOpened, Confirmed, CredentialsSet, Disabled, Enrolled, Founded, InvitationAccepted, Invited,
    KeyEnrolled, KeyRevoked, PasskeyEnrolled, PasskeyRevoked, PasskeyUse, PasswordRemoved, PasswordSet,
    ProvenAgain, RecoveryCodesMade, RolesGranted, SignInFailed, TokenIssued, TokenRevoked,
};
pub use keys::{ENROLMENT_NAMESPACE, enrolment_text, prove_possession};
pub use person::{
    Handle, KeyId, OrganisationId, Passkey, PasskeyId, Person, SigningKey, TokenId, TokenKind, check_roles,
    roles_of,
};
pub use recovery::{RECOVERY_CODES, RecoveryCode, new_recovery_code, recovery_hash, unused};
pub use sign_in::{Failures, Way, is_first, locked_until};
pub use standing::{Access, Standing, check_confirmation, check_not_own_roles, could_confirm, waits};
pub use step_up::{STEP_UP, check_in_person};
pub use ways_in::{Credential, WaysIn, check_passkey_name};
