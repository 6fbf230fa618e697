//! What every page in the browser does alike: the layout, forms, tables, refusals, the cookie, the files it needs.
//!
//! A room's page is a struct with everything it shows, a template with no rules in it, and samples of itself ([`Page`]).
//! The room lists it with [`Routes::page`](crate::Routes::page), and what a form sends with
//! [`Routes::form`](crate::Routes::form): on success the browser is told to go on to another page, on a refusal it is shown
//! the same page again, with the refusal on top and everything that was typed still there. Forms are made by
//! [`Call::form`](crate::Call::form); they carry the key that proves that the page they came from was ours. Nothing here
//! knows a noun of a room; no template here or there decides anything.

mod appearance;
mod chart;
mod field;
mod files;
mod filters;
mod form;
mod goto;
mod html;
mod layout;
mod page;
mod refusal;
mod size;
mod table;
mod visit;
mod waiting;
mod web;

pub(crate) use appearance::{choose_appearance, show_appearance};
pub use chart::{Bar, Chart};
pub use field::{Choice, Field, OFFERED_MAX};
pub(crate) use files::{FileReply, static_file};
pub use filters::{Filters, filled};
pub use form::Form;
pub use goto::Goto;
pub(crate) use goto::Session;
pub use html::{Html, Moment, State, Tone};
pub(crate) use layout::{frame_page, frame_sample};
pub(crate) use page::Shown;
pub use page::{Page, Sample};
pub(crate) use refusal::{query_refusal_page, refusal_page, signed_out_page};
pub use size::Size;
pub use table::{Cell, Column, ROWS_IN_A_FILE, ROWS_ON_A_PAGE, Sorting, Table};
pub(crate) use visit::{Typed, Visit, carried_form_key, carry_form_key, form_key, is_form_key};
pub use waiting::{Waiting, in_order};
pub use web::{Appearance, Introduction, Place, Web};
