//! What people do about people: one use case, one file.

mod accept;
mod challenges;
mod confirm;
mod enrol;
mod found;
mod keys;
mod passkey_sign_in;
mod passkeys;
mod password;
mod prove_again;
mod read;
mod recovery;
mod secrets;
mod sessions;
mod sign_in;
mod tokens;
mod waiting;

use basis::act;

pub use accept::{Acceptance, Accepted, ChosenPassword, accept, accept_with_passkey, look_at_invitation};
pub use challenges::{CHALLENGE_LIFE, Challenge, Purpose, challenge};
pub use confirm::confirm;
pub use enrol::{disable, enrol, grant_roles, invite};
pub use found::{Founding, check_founding, found};
pub use keys::{enrol_key, revoke_key};
pub use passkey_sign_in::{PasskeyAnswer, sign_in_with_passkey};
pub use passkeys::{
    NewPasskey, PasskeyOffer, RelyingParty, enrol_passkey, offer_passkey, own_passkeys, revoke_passkey,
    user_handle,
};
pub use password::{remove_password, set_password};
pub use prove_again::{Proof, Renewed, StepUpOffer, offer_step_up, prove_again};
pub(crate) use read::confirmers;
pub use read::{list, own_tokens, own_ways_in, show};
pub use recovery::{RecoveryCodes, make_recovery_codes, own_recovery_codes};
pub use secrets::Invitation;
pub(crate) use secrets::matches as token_matches;
pub use sessions::{
    PastSignIn, SignInDeed, end_other_sign_ins, end_sign_in, own_sign_ins, present_sign_in, sign_in_history,
};
pub use sign_in::{Attempt, SignedIn, prove, sign_in};
pub use tokens::{NewToken, issue_calendar_token, issue_token, revoke_token};
pub use waiting::waiting;

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
