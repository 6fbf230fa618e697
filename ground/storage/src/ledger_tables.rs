//! The ledger as rows: entries, payloads, the nodes that proofs need, and the head.

use basis::Time;
use ledger::Hash;
use ledger::entry::{Entry, Salt};
use ledger::merkle::{Frontier, NodeSource, leaf_hash, node_hash};
use rusqlite::Connection;

use crate::{DataError, Stamp, StorageError, Tables, Value, View, clock};

/// How many levels apart the stored nodes are: 256 leaves below each node of level 8.
pub(crate) const NODE_STRIDE: u8 = 8;

pub(crate) fn damaged(place: impl Into<String>, what: impl ToString) -> StorageError {
    DataError {
        place: place.into(),
        what: what.to_string(),
    }
    .into()
}

fn hash_of(place: &str, bytes: Vec<u8>) -> Result<Hash, StorageError> {
    bytes
        .try_into()
        .map(Hash)
        .map_err(|_| damaged(place, "a hash is not 32 bytes long"))
}

/// Size and right edge of the tree, and the latest time in it.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) frontier: Frontier,
    pub(crate) latest: Option<Time>,
}

impl Head {
    pub(crate) fn empty() -> Self {
        Self {
            frontier: Frontier::new(),
            latest: None,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Reads the head and checks that its right edge gives its root.
    pub(crate) fn read(view: &View<'_>) -> Result<Self, StorageError> {
        let row = view.one(include_str!("sql/read_head.sql"), &[], |row| {
            let latest = row.time_if("latest_at")?;
            Ok((
                row.count("size")?,
                row.blob("root")?,
                row.blob("frontier")?,
                latest,
            ))
        })?;
        let Some((size, root, frontier, latest)) = row else {
            return Ok(Self::empty());
        };
        let frontier =
            Frontier::from_bytes(&frontier).map_err(|error| damaged("ledger_head.frontier", error))?;
        if frontier.size() != size || frontier.root() != hash_of("ledger_head.root", root)? {
            return Err(damaged("ledger_head", "its right edge does not give its root"));
        }
        // A head that an earlier version wrote does not say it.
        let latest = match latest {
            Some(latest) => Some(latest),
            None => clock::latest_of(view, size)?,
        };
        Ok(Self { frontier, latest })
    }

    pub(crate) fn write(&self, connection: &Connection) -> Result<(), StorageError> {
        let values = [
            Value::from(self.size()),
            Value::Blob(self.root().0.to_vec()),
            Value::Blob(self.frontier.to_bytes()),
            self.latest.into(),
        ];
        execute(connection, include_str!("sql/write_head.sql"), &values)
    }
}

pub(crate) fn execute(connection: &Connection, sql: &str, values: &[Value]) -> Result<(), StorageError> {
    Tables::of(connection).execute(sql, values).map(|_| ())
}

/// Index of the last entry about `subject`.
pub(crate) fn last_about(view: &View<'_>, subject: &str) -> Result<Option<u64>, StorageError> {
    view.one(include_str!("sql/last_about.sql"), &[subject.into()], |row| {
        row.count("last_idx")
    })
}

/// Appends one entry with its payload and keeps the nodes that proofs will need.
pub(crate) fn append(
    connection: &Connection,
    head: &mut Head,
    entry: &Entry,
    bytes: &[u8],
    subject: &str,
    salt: &Salt,
    payload: &[u8],
) -> Result<(), StorageError> {
    let index = head.size();
    let leaf = leaf_hash(bytes);
    let values = [
        Value::from(index),
        Value::from(bytes),
        Value::Blob(leaf.0.to_vec()),
    ];
    execute(connection, include_str!("sql/insert_entry.sql"), &values)?;
    let values = [
        Value::from(index),
        Value::Blob(salt.0.to_vec()),
        Value::from(payload),
    ];
    execute(connection, include_str!("sql/insert_payload.sql"), &values)?;
    execute(
        connection,
        include_str!("sql/upsert_subject.sql"),
        &[subject.into(), index.into()],
    )?;
    head.latest = clock::latest_with(head.latest, entry);
    let mut made = Vec::new();
    head.frontier.push_with(leaf, |level, position, hash| {
        if level > 0 && level.is_multiple_of(NODE_STRIDE) {
            made.push([
                Value::Integer(level.into()),
                Value::from(position),
                Value::Blob(hash.0.to_vec()),
            ]);
        }
    });
    made.iter()
        .try_for_each(|node| execute(connection, include_str!("sql/insert_node.sql"), node))
}

/// The root over the first `size` entries (RFC 6962 §2.1): perfect subtrees from the left, joined from the right.
pub(crate) fn root_at(view: &View<'_>, size: u64) -> Result<Hash, StorageError> {
    let nodes = StoredNodes(view);
    let mut root: Option<Hash> = None;
    for level in (0..u64::BITS as u8).filter(|level| size >> level & 1 == 1) {
        let left = nodes.subtree(level, (size >> level) - 1)?;
        root = Some(root.map_or(left, |right| node_hash(&left, &right)));
    }
    Ok(root.unwrap_or_else(ledger::merkle::empty_root))
}

/// Reads `count` stored hashes of `level`, a multiple of the stride, from position `first` on.
pub(crate) fn below(view: &View<'_>, level: u8, first: u64, count: u64) -> Result<Vec<Hash>, StorageError> {
    let range = [Value::from(first), Value::from(first + count)];
    let hashes = if level == 0 {
        view.rows(include_str!("sql/list_leaf_hashes.sql"), &range, |row| {
            row.blob("leaf_hash")
        })?
    } else {
        let values = [Value::Integer(level.into()), range[0].clone(), range[1].clone()];
        view.rows(include_str!("sql/list_nodes.sql"), &values, |row| {
            row.blob("hash")
        })?
    };
    if hashes.len() as u64 != count {
        let what = format!(
            "{count} hashes from {first} on were asked for, {} are there",
            hashes.len()
        );
        return Err(damaged(format!("ledger hashes of level {level}"), what));
    }
    hashes
        .into_iter()
        .map(|bytes| hash_of("ledger hashes", bytes))
        .collect()
}

/// The root of a perfect subtree over `hashes`, whose count is a power of two.
fn fold(mut hashes: Vec<Hash>) -> Hash {
    while hashes.len() > 1 {
        hashes = hashes
            .chunks(2)
            .map(|pair| node_hash(&pair[0], &pair[1]))
            .collect();
    }
    hashes[0]
}

/// Gives perfect subtrees to the proof functions of `ledger`.
pub(crate) struct StoredNodes<'v, 'c>(pub(crate) &'v View<'c>);

impl NodeSource for StoredNodes<'_, '_> {
    type Error = StorageError;

    fn subtree(&self, level: u8, index: u64) -> Result<Hash, StorageError> {
        let stored_level = level - level % NODE_STRIDE;
        let count = 1 << (level - stored_level);
        Ok(fold(below(self.0, stored_level, index * count, count)?))
    }
}

/// Reads the entry at `index` as stored.
pub(crate) fn entry_at(view: &View<'_>, index: u64) -> Result<Vec<u8>, StorageError> {
    view.the(include_str!("sql/read_entry.sql"), &[index.into()], |row| {
        row.blob("entry")
    })
}

/// Reads the payload of the entry at `index`, or what a redaction left of it.
pub(crate) fn payload_at(view: &View<'_>, index: u64) -> Result<Vec<u8>, StorageError> {
    view.the(include_str!("sql/read_payload.sql"), &[index.into()], |row| {
        row.blob("payload")
    })
}

/// What apply functions are told about a stored entry.
pub(crate) fn stamp_of(index: u64, entry: &Entry) -> Stamp {
    Stamp {
        index,
        subject: entry.subject.clone(),
        actor: entry.actor,
        authentication: entry.authentication,
        time: entry.time,
    }
}

/// Notes a head that is about to be signed, so that one size never gets two roots.
pub(crate) fn note_checkpoint(connection: &Connection, head: &Head, now: Time) -> Result<(), StorageError> {
    let values = [
        Value::from(head.size()),
        Value::Blob(head.root().0.to_vec()),
        Value::from(now),
    ];
    execute(connection, include_str!("sql/insert_checkpoint.sql"), &values)
}
