//! What a permit is, and what may happen to it, as plain functions of facts.

pub mod events;
mod gate;
mod give;
mod permit;

pub(crate) use gate::answered;
pub use gate::{Answer, Asked, answer, choose};
pub(crate) use give::ends_work;
pub use give::{NewPermit, hand_back, issue, resume, revoke, suspend};
pub use permit::{Permit, Standing, Work};

use basis::{act, id_type};

id_type!(
    /// The time-limited authority to work.
    PermitId,
    "PMT",
    "permit"
);

act!(
    /// Issues a permit.
    Issue,
    "permits.issue"
);
act!(
    /// Stops work under a permit for now, or lets it go on.
    Suspend,
    "permits.suspend"
);
act!(
    /// Gives a permit back.
    HandBack,
    "permits.hand_back"
);
act!(
    /// Withdraws a permit for good.
    Revoke,
    "permits.revoke"
);
act!(
    /// Asks the gate.
    AskGate,
    "permits.ask_gate"
);
act!(
    /// Reads permits.
    Read,
    "permits.read"
);
