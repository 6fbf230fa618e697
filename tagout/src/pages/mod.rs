//! The pages that show something of every room: what needs the person who looks, and how to begin.

mod beginning;
mod needs_me;

use frame::{ANYBODY, Routes};

/// Adds the pages to the roof's routes.
pub(crate) fn with_pages(routes: Routes) -> Routes {
    routes
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
