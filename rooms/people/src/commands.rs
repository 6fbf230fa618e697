//! The commands of people: they call the server and show its answer.

mod enrolment;
mod keys;
mod passkeys;
mod people;
mod recovery_codes;
mod sessions;
mod sign_in;
mod tokens;

pub use enrolment::{AcceptCommand, CodeCommand};
pub use keys::KeyCommand;
pub use passkeys::PasskeyCommand;
pub use people::PeopleCommand;
pub use recovery_codes::RecoveryCodesCommand;
pub use sign_in::{LoginCommand, greeting, sign_out};
pub use tokens::TokenCommand;
