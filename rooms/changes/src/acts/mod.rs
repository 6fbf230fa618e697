//! What people do with changes: one use case, one file.

mod adopt;
mod calendar;
mod cancel;
mod close;
mod decide;
mod edit;
mod facts;
mod missing;
mod next;
mod open;
mod passkey;
mod plan;
mod record;
mod retrospect;
mod schedule;
mod show;
mod submit;
mod verify;
mod waiting;
mod work;

pub use adopt::{adopt_policy, adoption_barred};
pub use calendar::calendar;
pub use cancel::cancel;
pub use close::close;
pub use decide::{Saying, Signed, ToSign, decide, deciding, message_to_sign, to_sign};
pub use edit::{PartsEdit, edit};
pub use facts::facts;
pub use missing::{Clock, clock, missing};
pub use next::Next;
pub use open::open;
pub use passkey::{
    PasskeyAnswer, SigningPasskey, TextRead, challenge_of, decide_by_passkey, signing_passkeys,
};
pub use plan::attach_plan;
pub use record::{Allowed, AssetLine, FindingLine, Record, record};
pub use retrospect::retrospect;
pub use schedule::{schedule, window_limits};
pub use show::{Lane, Moment, Names, board, list, search, show, timeline};
pub use submit::{submit, tell_missing};
pub use verify::{accept, note_verification, verify};
pub use waiting::waiting;
pub use work::{done, failed, rolled_back, started, worked_on};

use basis::{Class, Refusal};
use storage::View;

use crate::rules::{Change, ChangeId};
use crate::store;

/// The change, or the refusal that there is none.
pub(crate) fn existing(view: &View<'_>, id: ChangeId) -> Result<Change, Refusal> {
    store::find(view, id)?.ok_or_else(|| {
        Refusal::new(Class::NotFound, "changes", format!("there is no change {id}"))
            .way_out("`tagout change list` shows them all")
    })
}
