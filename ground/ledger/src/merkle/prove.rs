//! Makes proofs from the nodes of a stored tree.

use std::ops::Range;

use super::{Hash, empty_root, node_hash};

/// Where the nodes of a tree are kept. Only perfect subtrees are asked for: those whose leaves are all there.
pub trait NodeSource {
    /// Why a node could not be told.
    type Error;

    /// The hash over the leaves `index << level` up to but without `(index + 1) << level`; level 0 is the leaves.
    fn subtree(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// The inclusion proof of leaf `index` in the tree of the first `size` leaves (RFC 6962 §2.1.1), lowest sibling first.
/// `None` where the tree has no such leaf.
pub fn inclusion_path<S: NodeSource>(
    source: &S,
    index: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, S::Error> {
    if index >= size {
        return Ok(None);
    }
    let mut range = 0..size;
    let mut siblings = Vec::new();
    while range.end - range.start > 1 {
        let middle = split(&range);
        let (inside, beside) = match index < middle {
            true => (range.start..middle, middle..range.end),
            false => (middle..range.end, range.start..middle),
        };
        siblings.push(range_root(source, &beside)?);
        range = inside;
    }
    siblings.reverse();
    Ok(Some(siblings))
}

/// The proof that the tree of `size` leaves begins with the tree of `earlier` leaves (RFC 6962 §2.1.2).
/// Empty where the sizes are equal or `earlier` is 0; `None` where `earlier` is the larger.
pub fn consistency_path<S: NodeSource>(
    source: &S,
    earlier: u64,
    size: u64,
) -> Result<Option<Vec<Hash>>, S::Error> {
    if earlier > size {
        return Ok(None);
    }
    let mut range = 0..size;
    let mut path = Vec::new();
    if earlier == 0 || earlier == size {
        return Ok(Some(path));
    }
    while earlier < range.end {
        let middle = split(&range);
        let (inside, beside) = match earlier <= middle {
            true => (range.start..middle, middle..range.end),
            false => (middle..range.end, range.start..middle),
        };
        path.push(range_root(source, &beside)?);
        range = inside;
    }
    // The verifier knows the root of the earlier tree; a subtree that begins at the first leaf is that very root.
    if range.start > 0 {
        path.push(range_root(source, &range)?);
    }
    path.reverse();
    Ok(Some(path))
}

/// The root over a range that starts where a perfect subtree of its size could start.
fn range_root<S: NodeSource>(source: &S, range: &Range<u64>) -> Result<Hash, S::Error> {
    let leaves = range.end - range.start;
    match leaves {
        0 => Ok(empty_root()),
        _ if leaves.is_power_of_two() => {
            let level = leaves.trailing_zeros();
            source.subtree(level as u8, range.start >> level)
        }
        _ => {
            let middle = split(range);
            let left = range_root(source, &(range.start..middle))?;
            Ok(node_hash(&left, &range_root(source, &(middle..range.end))?))
        }
    }
}

/// Where a range of two or more leaves is split: its start and the largest power of two below its length.
fn split(range: &Range<u64>) -> u64 {
    let leaves = range.end - range.start;
    range.start + (1 << (63 - (leaves - 1).leading_zeros()))
}
