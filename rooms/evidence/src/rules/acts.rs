//! The acts of this room, by which authority is given.

use basis::act;

act!(
    /// Adds evidence, or declares it final.
    Add,
    "evidence.add"
);
act!(
    /// Reads about evidence, and opens it.
    Read,
    "evidence.read"
);
act!(
    /// Destroys evidence.
    Destroy,
    "evidence.destroy"
);
