//! The frame around every page: whose records these are, who looks, where to go, what was refused.

use askama::Template;
use basis::{Actor, Refusal};

use super::files::file_url;
use super::form::Form;
use super::page::Shown;
use super::visit::Visit;
use super::web::{Introduction, Place};
use crate::House;

/// An entry of the navigation as one person sees it.
struct Entry {
    place: Place,
    is_current: bool,
}

/// What the frame is made of, besides the page.
struct Frame<'a> {
    visit: &'a Visit,
    who: Option<&'a Introduction>,
    places: Vec<Place>,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    shown: &'a Shown,
    who: Option<&'a Introduction>,
    entries: Vec<Entry>,
    refusal: Option<&'a Refusal>,
    /// Whether the main part is fetched anew: never below a refusal, where it holds what was typed and its path is that of
    /// what was sent, at which there is no page.
    is_live: bool,
    /// Up to where the records were known.
    seen: &'a str,
    /// Whether the refused form stands on the page again with something that was typed into it.
    is_kept: bool,
    appearance: &'static str,
    sign_out: Form,
    path: &'a str,
}

/// The rule of refusals that a fresh proof answers.
const PROOF_RULE: &str = "step-up";

/// Whether the page has a field in which something stands that was typed before the refusal.
fn is_kept(visit: &Visit, shown: &Shown) -> bool {
    let form = Form::to(visit.path.clone(), visit);
    let typed = visit.typed.iter().flat_map(|typed| &typed.pairs);
    let mut filled = typed.filter(|(_, value)| !value.is_empty());
    filled.any(|(name, _)| shown.main.contains(&format!(" id=\"{}\"", form.field_id(name))))
}

impl Layout<'_> {
    fn file(&self, name: &str) -> String {
        file_url(name)
    }

    /// Whether a proof of who somebody is would let what was refused go on.
    fn asks_for_proof(&self) -> bool {
        self.refusal.is_some_and(|refusal| refusal.rule == PROOF_RULE)
    }
}

impl Frame<'_> {
    /// The whole document.
    fn around(&self, shown: &Shown) -> String {
        let path = self.visit.path.as_str();
        let current = self
            .places
            .iter()
            .filter(|place| is_within(path, place.path))
            .max_by_key(|place| place.path.len())
            .cloned();
        let entry = |place: &Place| Entry {
            is_current: current.as_ref() == Some(place),
            place: place.clone(),
        };
        let layout = Layout {
            shown,
            who: self.who,
            entries: self.places.iter().map(entry).collect(),
            refusal: self.visit.refusal.as_ref(),
            is_live: shown.is_live && self.visit.refusal.is_none(),
            seen: &self.visit.seen,
            is_kept: is_kept(self.visit, shown),
            appearance: self.visit.appearance.name(),
            sign_out: Form::to("/sign-out".to_owned(), self.visit),
            path,
        };
        // Writing to memory cannot fail, and the template calls nothing that can.
        layout.render().unwrap_or_default()
    }
}

/// The page in its frame, as this person sees it.
pub(crate) fn frame_page(house: &House, actor: Option<&Actor>, visit: &Visit, shown: &Shown) -> String {
    let who = actor.and_then(|actor| house.gatekeeper.introduce(&house.organisation, actor).ok());
    let may = |place: &&Place| {
        actor.is_some_and(|actor| {
            place.act == crate::ANYBODY
                || house
                    .gatekeeper
                    .admit(&house.organisation, actor, place.act)
                    .is_ok()
        })
    };
    let frame = Frame {
        visit,
        who: who.as_ref(),
        places: house.web.places.iter().filter(may).cloned().collect(),
    };
    frame.around(shown)
}

/// A sample of a page in its frame, as somebody sees it who may do everything.
pub(crate) fn frame_sample(places: &[Place], path: &str, shown: &Shown) -> String {
    let who = Introduction {
        organisation: "Kestrel Machine Works".to_owned(),
        person: "Anna Winter".to_owned(),
        roles: vec!["administrator".to_owned(), "technician".to_owned()],
    };
    let visit = Visit {
        path: path.to_owned(),
        ..Visit::default()
    };
    let frame = Frame {
        visit: &visit,
        who: Some(&who),
        places: places.to_vec(),
    };
    frame.around(shown)
}

fn is_within(path: &str, place: &str) -> bool {
    let Some(rest) = path.strip_prefix(place) else {
        return false;
    };
    rest.is_empty() || rest.starts_with('/') || place == "/" && path == "/"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_part_is_fetched_anew_unless_it_holds_what_was_refused() {
        let shown = Shown {
            title: "Run".to_owned(),
            main: String::new(),
            is_live: true,
        };
        let around = |refusal| {
            let visit = Visit {
                path: "/runs/RUN-0001/halt".to_owned(),
                refusal,
                ..Visit::default()
            };
            let (who, places) = (None, Vec::new());
            let frame = Frame {
                visit: &visit,
                who,
                places,
            };
            frame.around(&shown)
        };
        assert!(around(None).contains("sse-connect") && around(None).contains("hx-get"));
        let refused = around(Some(Refusal::new(
            basis::Class::Invalid,
            "halt",
            "no reason is given",
        )));
        assert!(
            !refused.contains("sse-connect") && !refused.contains("hx-get"),
            "{refused}"
        );
    }

    #[test]
    fn the_navigation_marks_the_place_where_one_is() {
        for (path, place, expected) in [
            ("/changes", "/changes", true),
            ("/changes/CHG-0001", "/changes", true),
            ("/changeset", "/changes", false),
            ("/", "/", true),
            ("/changes", "/", false),
        ] {
            assert_eq!(is_within(path, place), expected, "{path} in {place}");
        }
    }
}
