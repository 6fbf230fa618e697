//! The right edge of a growing tree: all that is needed to add a leaf and to tell the root.

use super::{Hash, empty_root, node_hash};

/// The roots of the perfect subtrees of a tree, from left (largest) to right (smallest): a compact range from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    // INVARIANT: one hash for each bit that is set in `size`, highest bit first.
    size: u64,
    subtrees: Vec<Hash>,
}

/// Stored bytes were not those of a frontier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("frontier of {length} bytes does not fit its size; a tree of {size} needs {expected}")]
pub struct FrontierError {
    length: usize,
    size: u64,
    expected: usize,
}

impl Frontier {
    /// The frontier of a tree without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        self.push_with(leaf, |_, _, _| {});
    }

    /// Adds a leaf and tells `made` of every perfect subtree that became complete, as level, index and hash: the leaf
    /// itself (level 0) first, then each node above it that is now full.
    pub fn push_with(&mut self, leaf: Hash, mut made: impl FnMut(u8, u64, Hash)) {
        made(0, self.size, leaf);
        let mut hash = leaf;
        for level in 1..=self.size.trailing_ones() as u8 {
            let left = self.subtrees.pop().unwrap_or(hash);
            hash = node_hash(&left, &hash);
            made(level, self.size >> level, hash);
        }
        self.subtrees.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let from_right = self.subtrees.iter().rev().copied();
        from_right
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(empty_root)
    }

    /// The frontier as bytes: the size in eight bytes, most significant first, then the hashes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let hashes = self.subtrees.iter().flat_map(|hash| hash.0);
        self.size.to_be_bytes().into_iter().chain(hashes).collect()
    }

    /// Reads what [`Frontier::to_bytes`] wrote; refuses any other length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, hashes) = match bytes.split_first_chunk::<8>() {
            Some((size, hashes)) => (u64::from_be_bytes(*size), hashes),
            None => (0, bytes),
        };
        let expected = 8 + 32 * size.count_ones() as usize;
        if bytes.len() != expected {
            return Err(FrontierError {
                length: bytes.len(),
                size,
                expected,
            });
        }
        let (chunks, _) = hashes.as_chunks::<32>();
        Ok(Self {
            size,
            subtrees: chunks.iter().map(|chunk| Hash(*chunk)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;

    // The eight leaves and the roots known from the Certificate Transparency reference tests.
    const LEAVES: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,
        ],
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn the_roots_of_the_reference_tree_come_out() {
        let mut frontier = Frontier::new();
        assert_eq!(frontier.root().to_string(), ROOTS[0]);
        for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            frontier.push(leaf_hash(leaf));
            assert_eq!(frontier.root().to_string(), *root);
        }
    }

    #[test]
    fn a_frontier_reads_back_and_every_other_length_is_refused() {
        let mut frontier = Frontier::new();
        for size in 0..70u64 {
            let bytes = frontier.to_bytes();
            assert_eq!(Frontier::from_bytes(&bytes).as_ref(), Ok(&frontier));
            assert!(Frontier::from_bytes(&bytes[..bytes.len() - 1]).is_err());
            assert!(Frontier::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
            frontier.push(leaf_hash(&size.to_be_bytes()));
        }
        assert!(Frontier::from_bytes(b"").is_err());
    }

    #[test]
    fn every_full_subtree_is_told_once() {
        let mut frontier = Frontier::new();
        let mut told = Vec::new();
        for number in 0..64u64 {
            frontier.push_with(leaf_hash(&number.to_be_bytes()), |level, index, _| {
                told.push((level, index))
            });
        }
        let mut expected: Vec<(u8, u64)> = (0..=6u8)
            .flat_map(|level| (0..64u64 >> level).map(move |index| (level, index)))
            .collect();
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected);
    }
}
