//! Signing in and out: the token is kept in the person's profile, with the reason why the server is believed.

use basis::Refusal;
use frame::client::Client;
use people::LoginCommand;

use super::Common;

/// Signs in and keeps the token.
pub(super) fn log_in(command: LoginCommand, common: &Common) -> Result<(), Refusal> {
    let mut profile = common.profile()?;
    let answer = command.sign_in(&Client::trusting(&profile.server, None, &profile.trust)?)?;
    profile.token = Some(answer.token.clone());
    common.profiles()?.keep(&profile)?;
    common
        .output()
        .show(&answer.person, |_| people::greeting(&answer));
    Ok(())
}

/// Ends every sign-in of the person and forgets the token.
pub(super) fn log_out(common: &Common) -> Result<(), Refusal> {
    let context = common.context()?;
    people::sign_out(&context)?;
    let mut profile = context.profile;
    profile.token = None;
    common.profiles()?.keep(&profile)
}
