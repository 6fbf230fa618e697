//! The Merkle tree of RFC 6962 §2.1: hashes, the frontier that grows with every entry, and proofs made and checked.
//!
//! Stored trees live elsewhere: callers bring the nodes. No proof is taken on trust and no node is made up.

mod batch;
mod frontier;
mod prove;
mod tree;
mod verify;

use crate::Hash;
use aws_lc_rs::digest;

pub use batch::BatchInclusion;
pub use frontier::{Frontier, FrontierError};
pub use prove::{NodeSource, consistency_path, inclusion_path};
pub use tree::{MemoryTree, perfect_root};
pub use verify::{ProofError, verify_consistency, verify_inclusion};

/// The most hashes that a proof may have: the height of a tree of 2^64 leaves.
pub const PATH_LENGTH_MAX: usize = 64;

/// The hash of a leaf: SHA-256 of 00 and the entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&[0]);
    context.update(entry);
    Hash::from_digest(&context.finish())
}

/// The hash of a node: SHA-256 of 01, left and right.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Hash::of(&bytes)
}

/// The root of a tree without entries: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash::of(b"")
}

/// The level of the root in a tree of `size` leaves: 0 for one leaf, 1 for two, 2 for three and four.
fn height(size: u64) -> u32 {
    64 - size.saturating_sub(1).leading_zeros()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod vector_tests;
