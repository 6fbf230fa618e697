//! What a command is handed.

use basis::Refusal;

use super::{Output, Profile};
use crate::client::Client;

/// A command of the command line, with its arguments.
pub trait Command {
    /// Calls the server and shows the answer.
    ///
    /// # Errors
    /// The refusal; the roof prints it and chooses the exit code.
    fn run(self, context: &Context) -> Result<(), Refusal>;
}

/// Who calls which server, and how answers are shown.
#[derive(Debug, Clone)]
pub struct Context {
    /// The server, asked as the profile's person.
    pub client: Client,
    /// How answers are shown.
    pub output: Output,
    /// The profile in use.
    pub profile: Profile,
}

impl Context {
    /// The context of this profile.
    ///
    /// # Errors
    /// As [`Client::trusting`].
    pub fn new(profile: Profile, output: Output) -> Result<Self, Refusal> {
        let client = Client::trusting(&profile.server, profile.token.clone(), &profile.trust)?;
        Ok(Self {
            client,
            output,
            profile,
        })
    }
}
