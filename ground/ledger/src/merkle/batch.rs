//! Checks many inclusion proofs of one tree at about two hashes each.

use super::{Hash, PATH_LENGTH_MAX, ProofError, height, node_hash};

/// A node and where it stands: its index within its level.
#[derive(Clone, Copy)]
struct Placed {
    index: u64,
    hash: Hash,
}

/// Checks inclusion proofs in one tree and remembers the last path that was right, with its siblings. Neighbouring
/// leaves share most of their paths: what is remembered is compared in place of being hashed again. Every hash of
/// every proof is still looked at, so the verdict is that of [`super::verify_inclusion`].
pub struct BatchInclusion {
    size: u64,
    root: Hash,
    // INVARIANT: every hash in `nodes` and `siblings` lies on or beside a path that led to `root`; where a level has
    // an entry, every level above it has one in `nodes` too.
    nodes: [Option<Placed>; PATH_LENGTH_MAX],
    siblings: [Option<Placed>; PATH_LENGTH_MAX],
}

impl BatchInclusion {
    /// Starts with nothing remembered but the root.
    pub fn new(size: u64, root: Hash) -> Self {
        Self {
            size,
            root,
            nodes: [None; PATH_LENGTH_MAX],
            siblings: [None; PATH_LENGTH_MAX],
        }
    }

    /// Checks that `leaf` stands at `index` of the tree.
    pub fn verify(&mut self, index: u64, leaf: &Hash, path: &[Hash]) -> Result<(), ProofError> {
        if index >= self.size {
            return Err(ProofError::OutOfRange {
                asked: index,
                size: self.size,
            });
        }
        let height = height(self.size) as usize;
        let mut fresh = [Placed {
            index: 0,
            hash: *leaf,
        }; PATH_LENGTH_MAX];
        let mut beside = [None; PATH_LENGTH_MAX];
        let mut rest = path.iter();
        let mut hash = *leaf;
        let mut met = height;
        for level in 0..height {
            let place = Placed {
                index: index >> level,
                hash,
            };
            if let Some(known) = self.remembered(level, place.index) {
                if known != hash {
                    return Err(ProofError::Root);
                }
                met = level;
                break;
            }
            fresh[level] = place;
            if let Some(sibling) = self.sibling_index(level, place.index) {
                let given = *rest.next().ok_or(ProofError::Length { found: path.len() })?;
                beside[level] = Some(Placed {
                    index: sibling,
                    hash: given,
                });
                hash = match sibling < place.index {
                    true => node_hash(&given, &hash),
                    false => node_hash(&hash, &given),
                };
            }
        }
        if met == height && hash != self.root {
            return Err(if rest.len() > 0 {
                ProofError::Length { found: path.len() }
            } else {
                ProofError::Root
            });
        }
        for level in met..height {
            let Some(sibling) = self.sibling_index(level, index >> level) else {
                continue;
            };
            let given = rest.next().ok_or(ProofError::Length { found: path.len() })?;
            if self.remembered(level, sibling) != Some(*given) {
                return Err(ProofError::Root);
            }
        }
        if rest.len() > 0 {
            return Err(ProofError::Length { found: path.len() });
        }
        for level in 0..met {
            self.nodes[level] = Some(fresh[level]);
            self.siblings[level] = beside[level];
        }
        Ok(())
    }

    fn remembered(&self, level: usize, index: u64) -> Option<Hash> {
        let here = [self.nodes[level], self.siblings[level]];
        here.into_iter()
            .flatten()
            .find(|placed| placed.index == index)
            .map(|placed| placed.hash)
    }

    /// The index of the node beside this one; none where the node is the last of its level and has no partner.
    fn sibling_index(&self, level: usize, index: u64) -> Option<u64> {
        let last = (self.size - 1) >> level;
        match index {
            _ if index & 1 == 1 => Some(index - 1),
            _ if index < last => Some(index + 1),
            _ => None,
        }
    }
}
