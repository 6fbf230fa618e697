//! Opening a change.

use basis::{Authority, Id, Refusal, Subject};
use ledger::events::Events;

use super::events::Opened;
use super::parts::Parts;
use super::{ChangeId, Open};

/// Opens a draft that asks for `parts`.
pub fn open(authority: &Authority<Open>, change: ChangeId, parts: Parts) -> Result<Events, Refusal> {
    debug_assert_eq!(*authority.subject(), Subject::from(change));
    parts.check()?;
    debug_assert!(change.number() > 0);
    Ok(Events::one(Opened { change, parts }))
}
