//! The commands of people: they call the server and show its answer.

mod enrolment;
mod keys;
mod people;
mod sign_in;
mod tokens;

pub use enrolment::{AcceptCommand, CodeCommand};
pub use keys::KeyCommand;
pub use people::PeopleCommand;
pub use sign_in::{LoginCommand, greeting, sign_out};
pub use tokens::TokenCommand;
