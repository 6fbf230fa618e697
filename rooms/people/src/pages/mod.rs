//! The pages of people: coming in, one's own account, and everybody. They show what acts answer and send what forms hold.

mod account;
mod ceremony;
mod everybody;
mod invitation;
mod offered;
mod own_keys;
mod own_ways_in;
mod person;
mod qr;
mod sign_in;
mod step_up;
mod told_once;

use frame::Routes;

pub use offered::offered;

/// Adds the pages to the room's routes.
pub(crate) fn add(routes: Routes) -> Routes {
    let routes = step_up::add(invitation::add(sign_in::add(routes)));
    let routes = own_keys::add(own_ways_in::add(account::add(routes)));
    person::add(everybody::add(routes))
}
