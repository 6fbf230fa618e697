//! What people do with the record: one use case, one file.

mod browse;
mod checkpoint;
mod export;
mod look;
mod package;
mod recover;
mod redact;
mod verify_now;

use basis::act;

pub use browse::{Proven, Shown, entries, entry};
pub(crate) use browse::{exports, redactions, signed_heads};
pub use checkpoint::checkpoint;
pub use export::{Exported, export};
pub use look::{
    Attested, EXAMINED_ENTRIES_MAX, Found, Look, SignedHead, attested, ledger_size, look, newest_exports,
};
pub use package::package;
pub use recover::recover;
pub use redact::{Redacted, confirm_redaction, request_redaction};
pub use verify_now::{Depth, Examined, verify_now};

act!(
    /// Reads entries with their payloads.
    Read,
    "history.read"
);
act!(
    /// Gives parts of the record away.
    Give,
    "history.export"
);
act!(
    /// Destroys what was spilled into the record.
    Redact,
    "history.redact"
);
act!(
    /// Takes a restored database for the true history.
    Recover,
    "history.recover"
);
