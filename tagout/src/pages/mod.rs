//! The pages that show something of every room: what needs the person who looks, how to begin, and a new policy, whose
//! document must say of every act of the program who may do it.

mod adoption;
mod beginning;
mod needs_me;
mod proposal;

use frame::{ANYBODY, Routes};

/// Adds the pages to the roof's routes.
pub(crate) fn with_pages(routes: Routes) -> Routes {
    adoption::with_adoption(proposal::with_proposal(routes))
        .page(
            "/",
            ANYBODY,
            "Shows what waits for the person who looks",
            needs_me::show_needs,
        )
        .page(
            "/beginning",
            ANYBODY,
            "Shows the way to the first approved change",
            beginning::show_beginning,
        )
}
