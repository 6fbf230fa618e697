//! Pages for what was refused, each with the way on.

use askama::Template;
use basis::{Class, Refusal};

use super::page::Shown;
use super::visit::{Typed, Visit};
use super::web::Web;
use crate::problem::title;

#[derive(Template)]
#[template(path = "refusal.html")]
struct Refused<'a> {
    refusal: &'a Refusal,
    is_fault: bool,
    home: String,
    /// The page without what was asked of it, where that was what could not be read.
    plain: Option<String>,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut<'a> {
    typed: &'a Typed,
}

/// The page that says what was refused, where there is no page to show again.
pub(crate) fn refusal_page(refusal: &Refusal, web: &Web) -> Shown {
    refused(refusal, web, None)
}

/// The same for a page of whose address the part behind the question mark cannot be read: it leads back to the page at
/// `path`, and not to what only programs read.
pub(crate) fn query_refusal_page(refusal: &Refusal, web: &Web, path: &str) -> Shown {
    let mut shown = refusal.clone();
    shown.way_out =
        vec!["open the page without what stands behind the question mark of its address".to_owned()];
    refused(&shown, web, Some(format!("{}{path}", web.origin())))
}

fn refused(refusal: &Refusal, web: &Web, plain: Option<String>) -> Shown {
    let page = Refused {
        refusal,
        is_fault: refusal.class == Class::Fault,
        // In full, since whoever typed another name for this machine is to come to the right one.
        home: format!("{}/", web.origin()),
        plain,
    };
    let name = title(refusal.class);
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    shown(
        format!("{}{}", first.unwrap_or_default(), letters.as_str()),
        &page,
    )
}

/// The page for who sent a form after their sign-in had ended: what was typed stands in it, and goes on from it.
pub(crate) fn signed_out_page(visit: &Visit) -> Shown {
    let none = Typed::default();
    let typed = visit.typed.as_ref().unwrap_or(&none);
    shown("Your sign-in has ended".to_owned(), &SignedOut { typed })
}

fn shown(title: String, page: &impl Template) -> Shown {
    Shown {
        title,
        main: page.render().unwrap_or_default(),
        is_live: false,
    }
}
