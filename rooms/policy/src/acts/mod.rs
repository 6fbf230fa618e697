//! How a policy comes into force: at the founding, and later through an approved change.

mod adopt;

use basis::act;

pub use adopt::{adopt, adopt_first, covering};

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
