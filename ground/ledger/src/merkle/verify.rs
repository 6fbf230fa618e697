//! Checks proofs, step by step as RFC 9162 §2.1.3.2 and §2.1.4.2 say, with nothing accepted beyond them.

use super::{Hash, empty_root, node_hash};

/// A proof does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf, or the earlier tree is the larger.
    #[error("there is no index or size {asked} within a tree of {size}")]
    OutOfRange {
        /// The index, or the size of the earlier tree.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The proof has more or fewer hashes than this place in the tree needs.
    #[error("the proof has {found} hashes where this place in the tree needs another number")]
    Length {
        /// How many it has.
        found: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
    /// The hashes lead to another root of the earlier tree.
    #[error("the proof leads to another root of the earlier tree")]
    EarlierRoot,
}

/// Checks that `leaf` stands at `index` of the tree with `size` leaves and this root.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { asked: index, size });
    }
    let wrong_length = ProofError::Length { found: path.len() };
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(wrong_length),
    }
}

/// Checks that the tree with `size` leaves begins with the tree that had `earlier` leaves.
///
/// The tree without leaves is the beginning of every tree: it needs an empty proof and the root of no leaves.
pub fn verify_consistency(
    earlier: u64,
    size: u64,
    path: &[Hash],
    earlier_root: &Hash,
    root: &Hash,
) -> Result<(), ProofError> {
    let wrong_length = ProofError::Length { found: path.len() };
    match earlier {
        _ if earlier > size => return Err(ProofError::OutOfRange { asked: earlier, size }),
        _ if (earlier == 0 || earlier == size) && !path.is_empty() => return Err(wrong_length),
        0 if *earlier_root != empty_root() => return Err(ProofError::EarlierRoot),
        _ if earlier == size && earlier_root != root => return Err(ProofError::Root),
        _ if earlier == 0 || earlier == size => return Ok(()),
        _ => {}
    }
    let start = earlier.is_power_of_two().then_some(earlier_root);
    let mut hashes = start.into_iter().chain(path);
    let (mut node, mut last) = (earlier - 1, size - 1);
    let shared = node.trailing_ones();
    node >>= shared;
    last >>= shared;
    let first = *hashes.next().ok_or(wrong_length)?;
    let (mut earlier_hash, mut hash) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            earlier_hash = node_hash(sibling, &earlier_hash);
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match last {
        0 if earlier_hash != *earlier_root => Err(ProofError::EarlierRoot),
        0 if hash != *root => Err(ProofError::Root),
        0 => Ok(()),
        _ => Err(wrong_length),
    }
}
