//! The public vectors of the transparency-dev project, where the sample data is at hand.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    leaf_idx: Option<u64>,
    tree_size: Option<u64>,
    size1: Option<u64>,
    size2: Option<u64>,
    size: Option<u64>,
    start: Option<u64>,
    end: Option<u64>,
    root: Option<String>,
    leaf_hash: Option<String>,
    root1: Option<String>,
    root2: Option<String>,
    proof: Option<Vec<String>>,
    want_err: bool,
}

pub(crate) fn sample_data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("TAGOUT_SAMPLE_DATA").map_or(beside, PathBuf::from);
    let found = folder.join("ledger").is_dir();
    if !found {
        println!("skipped: no sample data at {}", folder.display());
    }
    found.then_some(folder.join("ledger"))
}

fn vectors(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        match path.is_dir() {
            true => vectors(&path, found),
            false => found.push(path),
        }
    }
}

/// Hashes are read strictly: text that is not the base64 of 32 bytes makes the proof wrong.
fn hash(text: &Option<String>) -> Option<Hash> {
    Hash::from_base64(text.as_deref()?)
}

/// The leaves `start` to `end` as a tree of their own inside a larger one (draft-ietf-plants-merkle-tree-certs §4.1).
fn is_subtree(start: u64, end: u64) -> bool {
    let width = end.checked_sub(start).filter(|width| *width > 0);
    // A width above 2^63 has no power of two over it that fits; only a subtree from 0 can be so wide.
    width.is_some_and(|width| start.is_multiple_of(width.checked_next_power_of_two().unwrap_or(u64::MAX)))
}

/// A subtree proof begins with the subtree's own path; the rest is the path of that node in the tree.
fn verify_subtree_consistency(start: u64, end: u64, size: u64, path: &[Hash], roots: [&Hash; 2]) -> bool {
    if end > size || !is_subtree(start, end) {
        return false;
    }
    let [subtree_root, root] = roots;
    let (mut node, mut end_node, mut last) = (start, end - 1, size - 1);
    let mut path = path.iter();
    let first = match end == size {
        true => {
            let shared = (0..64)
                .find(|level| start >> level == end_node >> level)
                .unwrap_or(63);
            (node, end_node, last) = (node >> shared, end_node >> shared, last >> shared);
            *subtree_root
        }
        false => {
            while node != end_node && end_node & 1 == 1 {
                (node, end_node, last) = (node >> 1, end_node >> 1, last >> 1);
            }
            match node == end_node {
                true => *subtree_root,
                false => match path.next() {
                    Some(hash) => *hash,
                    None => return false,
                },
            }
        }
    };
    let (mut subtree_hash, mut hash) = (first, first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if end_node & 1 == 1 || end_node == last {
            if node < end_node {
                subtree_hash = node_hash(sibling, &subtree_hash);
            }
            hash = node_hash(sibling, &hash);
            while end_node & 1 == 0 && end_node != 0 {
                (node, end_node, last) = (node >> 1, end_node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, end_node, last) = (node >> 1, end_node >> 1, last >> 1);
    }
    last == 0 && subtree_hash == *subtree_root && hash == *root
}

fn is_accepted(vector: &Vector) -> bool {
    let path: Option<Vec<Hash>> = vector
        .proof
        .iter()
        .flatten()
        .map(|text| Hash::from_base64(text))
        .collect();
    let Some(path) = path else { return false };
    if let (Some(index), Some(start), Some(end)) = (vector.leaf_idx, vector.start, vector.end) {
        let (Some(leaf), Some(root)) = (hash(&vector.leaf_hash), hash(&vector.root)) else {
            return false;
        };
        return is_subtree(start, end)
            && index >= start
            && verify_inclusion(index - start, end - start, &leaf, &path, &root).is_ok();
    }
    if let (Some(index), Some(size)) = (vector.leaf_idx, vector.tree_size) {
        let (Some(leaf), Some(root)) = (hash(&vector.leaf_hash), hash(&vector.root)) else {
            return false;
        };
        let single = verify_inclusion(index, size, &leaf, &path, &root).is_ok();
        assert_eq!(
            BatchInclusion::new(size, root)
                .verify(index, &leaf, &path)
                .is_ok(),
            single
        );
        return single;
    }
    // A subtree without leaves is part of every tree, whatever the tree's root.
    if vector.start.is_some() && vector.start == vector.end {
        let is_inside = vector.end <= vector.size;
        return is_inside && path.is_empty() && hash(&vector.root1) == Some(empty_root());
    }
    let (Some(root1), Some(root2)) = (hash(&vector.root1), hash(&vector.root2)) else {
        return false;
    };
    if let (Some(start), Some(end), Some(size)) = (vector.start, vector.end, vector.size) {
        return verify_subtree_consistency(start, end, size, &path, [&root1, &root2]);
    }
    let sizes = vector.size1.zip(vector.size2).unwrap();
    verify_consistency(sizes.0, sizes.1, &path, &root1, &root2).is_ok()
}

#[test]
fn the_518_public_vectors_get_the_expected_verdicts_but_those_with_12_byte_roots() {
    let Some(folder) = sample_data() else { return };
    let mut paths = Vec::new();
    vectors(&folder.join("merkle"), &mut paths);
    assert_eq!(paths.len(), 518);
    let mut others = Vec::new();
    for path in paths {
        let vector: Vector = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        if is_accepted(&vector) == vector.want_err {
            others.push(path.strip_prefix(&folder).unwrap().to_owned());
        }
    }
    others.sort();
    let odd = "additional/sizes-are-equal-one-and-proof-is-empty.json";
    let expected = ["consistency", "subtreeconsistency"].map(|kind| Path::new("merkle").join(kind).join(odd));
    assert_eq!(others, expected);
}
