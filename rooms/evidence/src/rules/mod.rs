//! What evidence is and what may become of it: plain functions of what they are told.

mod acts;
mod decide;
mod events;
mod evidence;

pub use acts::{Add, Destroy, Read};
pub(crate) use decide::{added, check_new, destroy, finalise, may_fetch, open};
pub use events::{Added, Destroyed, Finalised, Opened};
pub(crate) use evidence::Claim;
pub use evidence::{Evidence, EvidenceId, EvidenceName, MediaType, Opening, OpeningId, Standing, StoredFile};
