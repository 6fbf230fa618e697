//! The pages of evidence: the list, one piece with everything that is known of it, and adding one. They parse, call an act, and show.

mod list;
mod new;
mod one;

use frame::pages::{State, Tone};

use crate::rules::Standing;

pub(crate) use list::{list_file, show_list};
pub(crate) use new::{add_file, show_new};
pub(crate) use one::{declare_final, open_evidence, show_evidence};

fn standing(standing: &Standing) -> State {
    let tone = match standing {
        Standing::Draft => Tone::Warning,
        Standing::Final => Tone::Good,
        Standing::Destroyed { .. } => Tone::Bad,
    };
    State::new(standing.name(), tone)
}

/// Where the page of what this id names stands, for what has one.
fn link_of(subject: &str) -> Option<String> {
    let place = match subject.split('-').next()? {
        "AST" => "assets",
        "CHG" => "changes",
        "EVD" => "evidence",
        "FND" => "findings",
        "RUN" => "runs",
        _ => return None,
    };
    Some(format!("/{place}/{subject}"))
}
