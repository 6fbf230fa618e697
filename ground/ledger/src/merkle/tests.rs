use proptest::prelude::*;

use super::*;

const SIZE_MAX: u64 = 512;

fn leaf(number: u64) -> Hash {
    leaf_hash(&number.to_be_bytes())
}

fn tree(size: u64) -> MemoryTree {
    MemoryTree::new((0..size).map(leaf).collect())
}

fn roots(size: u64) -> Vec<Hash> {
    let mut frontier = Frontier::new();
    let mut roots = vec![frontier.root()];
    for number in 0..size {
        frontier.push(leaf(number));
        roots.push(frontier.root());
    }
    roots
}

fn path_of(tree: &MemoryTree, index: u64, size: u64) -> Vec<Hash> {
    let Ok(path) = inclusion_path(tree, index, size);
    path.unwrap()
}

fn consistency_of(tree: &MemoryTree, earlier: u64, size: u64) -> Vec<Hash> {
    let Ok(path) = consistency_path(tree, earlier, size);
    path.unwrap()
}

#[test]
fn every_leaf_of_every_tree_up_to_512_is_proven() {
    let (tree, roots) = (tree(SIZE_MAX), roots(SIZE_MAX));
    for size in 1..=SIZE_MAX {
        let root = roots[size as usize];
        let mut batch = BatchInclusion::new(size, root);
        for index in 0..size {
            let path = path_of(&tree, index, size);
            assert_eq!(
                verify_inclusion(index, size, &leaf(index), &path, &root),
                Ok(()),
                "{index} of {size}"
            );
            assert_eq!(
                batch.verify(index, &leaf(index), &path),
                Ok(()),
                "{index} of {size}"
            );
        }
        let Ok(beyond) = inclusion_path(&tree, size, size);
        assert_eq!(beyond, None);
    }
}

#[test]
fn every_pair_of_trees_up_to_512_is_consistent() {
    let (tree, roots) = (tree(SIZE_MAX), roots(SIZE_MAX));
    for size in 0..=SIZE_MAX {
        for earlier in 0..=size {
            let path = consistency_of(&tree, earlier, size);
            let (from, to) = (roots[earlier as usize], roots[size as usize]);
            assert_eq!(
                verify_consistency(earlier, size, &path, &from, &to),
                Ok(()),
                "{earlier} in {size}"
            );
        }
        let Ok(beyond) = consistency_path(&tree, size + 1, size);
        assert_eq!(beyond, None);
    }
}

fn damaged(path: &[Hash], at: usize, kind: u8) -> Vec<Hash> {
    let mut path = path.to_vec();
    match kind {
        0 => path.truncate(at),
        1 => path.insert(at, Hash([0; 32])),
        2 => path.insert(at, path.get(at).copied().unwrap_or(Hash([1; 32]))),
        3 if at < path.len() => path[at].0[at % 32] ^= 1 << (at % 8),
        4 => path.reverse(),
        _ => {
            path.drain(..at);
        }
    }
    path
}

proptest! {
    #[test]
    fn the_batch_gives_the_verdict_of_the_single_check(
        size in 1u64..70,
        steps in prop::collection::vec((0u64..72, 0u64..72, any::<prop::sample::Index>(), 0u8..12), 1..40),
    ) {
        let (tree, roots) = (tree(72), roots(72));
        let root = roots[size as usize];
        let mut batch = BatchInclusion::new(size, root);
        for (index, leaf_number, at, kind) in steps {
            let right = path_of(&tree, index.min(size - 1), size);
            let path = match kind {
                0..=5 => damaged(&right, at.index(right.len() + 1), kind),
                _ => right,
            };
            let leaf = leaf(if kind < 9 { index } else { leaf_number });
            let single = verify_inclusion(index, size, &leaf, &path, &root);
            prop_assert_eq!(batch.verify(index, &leaf, &path).is_ok(), single.is_ok());
        }
    }

    #[test]
    fn a_damaged_inclusion_proof_is_refused(size in 2u64..300, index: prop::sample::Index, at: prop::sample::Index, kind in 0u8..6) {
        let index = index.index(size as usize) as u64;
        let (tree, roots) = (tree(size), roots(size));
        let right = path_of(&tree, index, size);
        let wrong = damaged(&right, at.index(right.len() + 1), kind);
        prop_assume!(wrong != right);
        prop_assert!(verify_inclusion(index, size, &leaf(index), &wrong, &roots[size as usize]).is_err());
    }

    #[test]
    fn a_damaged_consistency_proof_is_refused(size in 2u64..300, earlier: prop::sample::Index, at: prop::sample::Index, kind in 0u8..6) {
        let earlier = earlier.index(size as usize) as u64;
        let (tree, roots) = (tree(size), roots(size));
        let right = consistency_of(&tree, earlier, size);
        let wrong = damaged(&right, at.index(right.len() + 1), kind);
        prop_assume!(wrong != right);
        let (from, to) = (roots[earlier as usize], roots[size as usize]);
        prop_assert!(verify_consistency(earlier, size, &wrong, &from, &to).is_err());
        prop_assert!(verify_consistency(earlier, size, &right, &to, &from).is_err());
    }

    #[test]
    fn a_proof_for_a_tree_of_any_size_never_panics(
        index: u64, size: u64, path in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
    ) {
        let root = Hash([7; 32]);
        prop_assert!(verify_inclusion(index, size, &root, &path, &root).is_err() || size == 1);
        let _ = verify_consistency(index, size, &path, &root, &root);
        let _ = BatchInclusion::new(size, root).verify(index, &root, &path);
    }
}

#[test]
fn the_root_of_a_perfect_tree_needs_a_power_of_two() {
    let leaves: Vec<Hash> = (0..8).map(leaf).collect();
    assert_eq!(perfect_root(&leaves), Some(roots(8)[8]));
    assert_eq!((perfect_root(&leaves[..3]), perfect_root(&[])), (None, None));
}
