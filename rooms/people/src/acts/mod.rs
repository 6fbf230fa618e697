//! What people do about people: one use case, one file.

mod accept;
mod confirm;
mod enrol;
mod found;
mod keys;
mod read;
mod secrets;
mod sign_in;
mod tokens;

use basis::act;

pub use accept::{Acceptance, accept};
pub use confirm::confirm;
pub use enrol::{disable, enrol, grant_roles, invite};
pub use found::{Founding, check_founding, found};
pub use keys::{enrol_key, revoke_key};
pub use read::{list, own_tokens, show};
pub use secrets::Invitation;
pub(crate) use secrets::matches as token_matches;
pub use sign_in::{Attempt, SignedIn, prove, sign_in};
pub use tokens::{NewToken, end_sign_in, issue_token, revoke_token};

act!(
    /// Makes a person known.
    Enrol,
    "people.enrol"
);
act!(
    /// Confirms who a person is.
    Confirm,
    "people.confirm"
);
act!(
    /// Changes the roles of a person.
    GrantRole,
    "people.grant_role"
);
act!(
    /// Takes a person's access away.
    Disable,
    "people.disable"
);
act!(
    /// Enrols a signing key of one's own.
    EnrolKey,
    "people.enrol_key"
);
act!(
    /// Revokes a signing key.
    RevokeKey,
    "people.revoke_key"
);
act!(
    /// Makes an API token.
    IssueToken,
    "people.issue_token"
);
act!(
    /// Ends a token.
    RevokeToken,
    "people.revoke_token"
);
act!(
    /// Reads the list of people.
    Read,
    "people.read"
);
