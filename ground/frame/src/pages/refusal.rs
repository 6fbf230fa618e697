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
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut<'a> {
    typed: &'a Typed,
}

/// The page that says what was refused, where there is no page to show again.
pub(crate) fn refusal_page(refusal: &Refusal, web: &Web) -> Shown {
    let page = Refused {
        refusal,
        is_fault: refusal.class == Class::Fault,
        // In full, since whoever typed another name for this machine is to come to the right one.
        home: format!("{}/", web.origin()),
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
