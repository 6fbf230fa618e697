//! How a policy comes into force: at the founding, and later through an approved change.

mod adopt;
mod read;

use basis::act;

pub use adopt::{adopt, adopt_first, covering};
pub use read::{Shown, list, show};

act!(
    /// Brings a policy document into force.
    Adopt,
    "policy.adopt"
);
act!(
    /// Reads the policy.
    Read,
    "policy.read"
);
