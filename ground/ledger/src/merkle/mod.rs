//! The Merkle tree of RFC 6962 §2.1: hashes, the frontier that grows with every entry, and proofs made and checked.
//!
//! Trees live elsewhere: storage keeps the nodes, callers bring them. Nothing here holds more than one path.

mod frontier;

use crate::Hash;
use aws_lc_rs::digest;

pub use frontier::{Frontier, FrontierError};

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
