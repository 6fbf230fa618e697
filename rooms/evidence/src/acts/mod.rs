//! What people do with evidence, one act one file.

mod add;
mod attach;
mod destroy;
mod finalise;
mod open;
mod read;

pub use add::add;
pub use attach::{NewEvidence, attach};
pub use destroy::destroy;
pub use finalise::finalise;
pub use open::{open, opened_content};
pub(crate) use read::{show, show_list, show_part};

use basis::{Class, Refusal};
use storage::View;

use crate::rules::{Evidence, EvidenceId};
use crate::store;

fn the_evidence(view: &View<'_>, id: EvidenceId) -> Result<Evidence, Refusal> {
    store::find(view, id)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "evidence", format!("there is no {id}"))
            .way_out("look it up with `tagout evidence list`")
    })
}
