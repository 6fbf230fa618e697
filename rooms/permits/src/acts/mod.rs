//! What people and tools do with permits: one use case, one file.

mod gate;
mod give;
mod read;
mod report;
mod weigh;

pub use gate::{Gate, Question, ask};
pub use give::{Narrowed, hand_back, issue, resume, revoke, suspend};
pub use read::{asked_before, list, of_change, show};
pub use report::{Report, report};
pub use weigh::may_work;

use basis::{Class, Refusal};
use changes::{Change, ChangeId};
use storage::View;

use crate::rules::{Permit, PermitId};
use crate::store;

pub(crate) fn existing(view: &View<'_>, id: PermitId) -> Result<Permit, Refusal> {
    store::find(view, id)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "permits", format!("there is no permit {id}"))
            .way_out("`tagout permit list` shows them all")
    })
}

pub(crate) fn existing_change(view: &View<'_>, id: ChangeId) -> Result<Change, Refusal> {
    changes::find(view, id)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "changes", format!("there is no change {id}"))
            .way_out("`tagout change list` shows them all")
    })
}
