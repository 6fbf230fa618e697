//! The acts of this room, by which authority is given.

use basis::act;

act!(
    /// Brings in what others found or published: scans, advisories, lists of exploited vulnerabilities.
    Import,
    "findings.import"
);
act!(
    /// Compares what assets have installed with the advisories.
    Match,
    "findings.match"
);
act!(
    /// Reads findings.
    Read,
    "findings.read"
);
