//! What may happen to a change and what follows, as plain functions of facts.
//!
//! Nothing here reads a table, a file or a clock, and nothing ever will.

mod change;
mod close;
mod decide;
mod edit;
pub mod events;
mod icalendar;
mod message;
mod next;
mod open;
mod parts;
mod renewal;
mod retrospect;
mod schedule;
mod state;
mod submit;
mod text;
mod verify;
mod words;
mod work;

pub use change::{Change, Decided, Retrospect, Submission};
pub use close::{cancel, close};
pub use decide::{CLOCK_SKEW_MAX, Ground, SignedDecision, decide, ground};
pub use edit::{attach_plan, edit};
pub use icalendar::{FeedEvent, icalendar};
pub use message::{Message, NAMESPACE};
pub use next::Step;
pub use open::open;
pub use parts::{
    CHECKLIST_LINES_MAX, Hours, LINE_CHARS_MAX, LISTED_MAX, PLAN_BYTES_MAX, Parts, PlanRef, PolicyDraft,
    TEXT_BYTES_MAX,
};
pub use retrospect::{Look, retrospect};
pub use schedule::schedule;
pub use state::{Move, State};
pub use submit::{check_findings, submit, tell};
pub use text::{Asked, Named, canonical_text};
pub use verify::{accept, compared, verify};
pub use words::{Decision, SubmissionKind};
pub use work::{done, failed, rolled_back, started, worked_on};

use basis::{act, id_type};

id_type!(
    /// A change request.
    ChangeId,
    "CHG",
    "change"
);

act!(
    /// Opens a change.
    Open,
    "changes.open"
);
act!(
    /// Edits a change.
    Edit,
    "changes.edit"
);
act!(
    /// Submits a change for review.
    Submit,
    "changes.submit"
);
act!(
    /// Approves or disapproves a change.
    Decide,
    "changes.decide"
);
act!(
    /// Sets the window of an approved change.
    Schedule,
    "changes.schedule"
);
act!(
    /// Confirms what was done, or accepts a difference.
    Verify,
    "changes.verify"
);
act!(
    /// Closes a change.
    Close,
    "changes.close"
);
act!(
    /// Cancels a change.
    Cancel,
    "changes.cancel"
);
act!(
    /// Records the look back at an emergency change.
    Retrospectives,
    "changes.retrospect"
);
act!(
    /// Reads changes.
    Read,
    "changes.read"
);
