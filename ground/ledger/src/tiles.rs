//! Tiles: the nodes of the tree cut into files of 256 hashes, laid out as C2SP tlog-tiles says.
//!
//! A tile of level *l* holds nodes of level 8 *l* of the tree, side by side. Only what stands in the files is decided
//! here; they are written elsewhere.

use std::fmt;

use crate::Hash;
use crate::merkle::NodeSource;

/// How many hashes a whole tile has.
pub const TILE_WIDTH: u16 = 256;

/// The levels of the tree that a tile spans.
const TILE_HEIGHT: u8 = 8;

/// The highest level of tiles that C2SP tlog-tiles names.
const LEVEL_MAX: u8 = 63;

/// One tile, whole or partial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// The level of the tile: 0 holds leaf hashes, 1 the roots of whole tiles of level 0, and so on.
    pub level: u8,
    /// The index within the level.
    pub index: u64,
    /// How many hashes it has: [`TILE_WIDTH`] where it is whole, else fewer, and at least one.
    pub width: u16,
}

impl Tile {
    /// Reads a path such as `tile/0/x001/067` or `tile/1/000.p/5`; other spellings are `None`.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().ok()?),
            None => (rest, TILE_WIDTH),
        };
        let level = level.parse().ok()?;
        let mut number = 0u64;
        for part in index.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            let digits: u64 = (digits.len() == 3).then(|| digits.parse().ok())??;
            number = number.checked_mul(1_000)?.checked_add(digits)?;
        }
        let tile = Self {
            level,
            index: number,
            width,
        };
        let is_tile = level <= LEVEL_MAX && (1..=TILE_WIDTH).contains(&width);
        // One tile has one path: signs, more zeros and other places of the `x` end here.
        (is_tile && tile.to_string() == path).then_some(tile)
    }

    /// The path of the bundle with the entries under a tile of level 0; tiles of other levels have none.
    pub fn entries_path(&self) -> Option<String> {
        (self.level == 0).then(|| format!("tile/entries/{}", Place(self)))
    }

    /// The tiles that change when a tree grows from `before` to `after` leaves: each new whole tile and, at the right
    /// edge of each level, the partial one.
    pub fn grown(before: u64, after: u64) -> Vec<Self> {
        let mut tiles = Vec::new();
        let whole = u64::from(TILE_WIDTH);
        for level in 0..8u8 {
            let nodes = |leaves: u64| leaves >> (level * TILE_HEIGHT);
            let (had, has) = (nodes(before), nodes(after));
            if has <= had {
                break;
            }
            let complete = (had / whole..has / whole).map(|index| Self {
                level,
                index,
                width: TILE_WIDTH,
            });
            tiles.extend(complete);
            if has % whole != 0 {
                tiles.push(Self {
                    level,
                    index: has / whole,
                    width: (has % whole) as u16,
                });
            }
        }
        tiles
    }

    /// The bytes of the tile: its hashes one after another.
    pub fn content<S: NodeSource>(&self, source: &S) -> Result<Vec<u8>, S::Error> {
        let mut bytes = Vec::with_capacity(usize::from(self.width) * 32);
        let first = self.index * u64::from(TILE_WIDTH);
        for index in first..first + u64::from(self.width) {
            bytes.extend_from_slice(source.subtree(self.level * TILE_HEIGHT, index)?.as_bytes());
        }
        Ok(bytes)
    }

    /// The hashes in the bytes of a tile; `None` where they are not whole hashes, none, or more than a tile holds.
    pub fn hashes(content: &[u8]) -> Option<Vec<Hash>> {
        let (chunks, rest) = content.as_chunks::<32>();
        let is_tile = rest.is_empty() && (1..=usize::from(TILE_WIDTH)).contains(&chunks.len());
        is_tile.then(|| chunks.iter().map(|chunk| Hash(*chunk)).collect())
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, Place(self))
    }
}

/// The part of a path that says index and width.
struct Place<'a>(&'a Tile);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups = vec![self.0.index % 1_000];
        let mut rest = self.0.index / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        for group in groups[1..].iter().rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        match self.0.width {
            TILE_WIDTH => Ok(()),
            width => write!(f, ".p/{width}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{MemoryTree, leaf_hash, perfect_root};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn paths_are_those_of_c2sp_tlog_tiles() {
        let table = [
            (0, 0, 256, "tile/0/000"),
            (0, 5, 256, "tile/0/005"),
            (0, 1_067, 256, "tile/0/x001/067"),
            (1, 1_234_067, 256, "tile/1/x001/x234/067"),
            (2, 273, 1, "tile/2/273.p/1"),
            (63, 1_000_000, 255, "tile/63/x001/x000/000.p/255"),
        ];
        for (level, index, width, path) in table {
            let tile = Tile { level, index, width };
            assert_eq!((tile.to_string().as_str(), Tile::parse(path)), (path, Some(tile)));
        }
        assert_eq!(
            Tile::parse("tile/0/005").unwrap().entries_path().unwrap(),
            "tile/entries/005"
        );
        assert_eq!(Tile::parse("tile/1/005").unwrap().entries_path(), None);
    }

    #[test]
    fn other_spellings_of_a_path_are_refused() {
        for wrong in [
            "",
            "tile/0/5",
            "tile/00/005",
            "tile/64/005",
            "tile/+1/005",
            "tile/0/x000/005",
            "tile/0/001/005",
            "tile/0/x001",
            "tile/0/+05",
            "tile/0/005.p/0",
            "tile/0/005.p/256",
            "tile/0/005.p/01",
            "tile/0/005.p/1/2",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "/tile/0/005",
        ] {
            assert_eq!(Tile::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_path_reads_back(level in 0..=LEVEL_MAX, index: u64, width in 1..=TILE_WIDTH) {
            let tile = Tile { level, index, width };
            prop_assert_eq!(Tile::parse(&tile.to_string()), Some(tile));
        }

        #[test]
        fn the_tiles_of_every_growth_together_are_those_of_the_whole_tree(steps in prop::collection::vec(1u64..400, 1..12)) {
            let size: u64 = steps.iter().sum();
            let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect();
            let tree = MemoryTree::new(leaves.clone());
            let mut files = BTreeMap::new();
            let mut before = 0;
            for step in steps {
                for tile in Tile::grown(before, before + step) {
                    let Ok(content) = tile.content(&tree);
                    files.insert(tile.to_string(), content);
                }
                before += step;
            }
            for tile in Tile::grown(0, size) {
                let hashes = Tile::hashes(&files[&tile.to_string()]).unwrap();
                let first = tile.index as usize * 256;
                let expected: Vec<Hash> = match tile.level {
                    0 => leaves[first..first + usize::from(tile.width)].to_vec(),
                    _ => leaves.chunks_exact(256).skip(first).map(|chunk| perfect_root(chunk).unwrap()).collect(),
                };
                prop_assert_eq!(hashes, expected);
            }
        }
    }
}
