//! A whole tree in memory, for exports and tests.

use std::convert::Infallible;

use super::{Hash, NodeSource, node_hash};

/// Every perfect subtree of a tree, by level and index. Needs about 64 bytes for each leaf.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    levels: Vec<Vec<Hash>>,
}

impl MemoryTree {
    /// Makes the tree over these leaf hashes.
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while levels[levels.len() - 1].len() > 1 {
            let (pairs, _) = levels[levels.len() - 1].as_chunks::<2>();
            let above = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
            levels.push(above);
        }
        Self { levels }
    }
}

impl NodeSource for MemoryTree {
    type Error = Infallible;

    /// # Panics
    /// Where the tree has no such node: the caller asked for a proof in a tree larger than this one.
    fn subtree(&self, level: u8, index: u64) -> Result<Hash, Infallible> {
        Ok(self.levels[usize::from(level)][index as usize])
    }
}

/// The root of a perfect tree over `hashes`, whose number must be a power of two; `None` for other numbers.
pub fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    match hashes {
        [only] => Some(*only),
        _ if hashes.len().is_power_of_two() => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            Some(node_hash(&perfect_root(left)?, &perfect_root(right)?))
        }
        _ => None,
    }
}
