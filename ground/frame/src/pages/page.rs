//! What a page is.

use askama::Template;
use basis::{Class, Refusal};

/// Everything that one page shows, below the frame's heading. Its template shows and links; it decides nothing.
pub trait Page: Template + Sized + 'static {
    /// The page's heading and the name of its tab, such as `CHG-0001 Patch web01`.
    fn title(&self) -> String;

    /// Whether the main part is fetched anew whenever something was recorded.
    fn is_live(&self) -> bool {
        false
    }

    /// Examples of itself, each with a name: empty, usual, and as full as it gets. Tests render them and look at them.
    fn samples() -> Vec<(&'static str, Self)>;
}

/// A page whose own part is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) title: String,
    pub(crate) main: String,
    pub(crate) is_live: bool,
}

impl Shown {
    pub(crate) fn of(page: &impl Page) -> Result<Self, Refusal> {
        let main = page.render().map_err(|error| {
            Refusal::new(
                Class::Fault,
                "frame",
                format!("the page cannot be rendered: {error}"),
            )
            .way_out("report the fault with its line in the server's log")
        })?;
        Ok(Self {
            title: page.title(),
            main,
            is_live: page.is_live(),
        })
    }
}

/// One sample of a page, in its frame, ready to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The path of the page's route, with its braces.
    pub path: &'static str,
    /// Which sample.
    pub name: &'static str,
    /// The whole document.
    pub html: String,
}
