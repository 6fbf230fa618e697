//! Where an organisation's records are kept: one data directory with one database, one ledger, one vault and its keys.
//!
//! This is the only crate that links a SQL driver. It knows entries, tables and blobs, and nothing of what they mean:
//! a room hands it SQL texts, migrations and, per kind of event, the function that turns an event into rows.
//!
//! The way in is [`Organisation`]: [`Organisation::view`] reads a snapshot, [`Organisation::begin`] starts a transaction in
//! which an act reads and [records](Tx::record). Only the functions in the [`Registry`] ever write a room's table.

mod acknowledged;
mod apply;
mod beginnings;
mod checkpoint;
mod clock;
mod connection;
mod doctor;
mod error;
mod high_water;
mod key_proof;
mod keys;
mod ledger_tables;
mod log_files;
mod memory;
mod migrations;
mod organisation;
mod passing;
mod private;
mod rebuild;
mod redaction;
mod seal;
mod value;
mod vault;
mod view;
mod writer;

pub use apply::{EventKind, Follow, Follower, Registry, Stamp, Tables};
pub use checkpoint::{LedgerLine, LedgerRecord};
pub use doctor::{Check, CheckResult};
pub use error::{DataError, StorageError};
pub use high_water::{HighWater, Mark};
pub use key_proof::KeyProof;
pub use keys::Keys;
pub use memory::AsOf;
pub use migrations::Migration;
pub use organisation::{Organisation, Settings, Standing, World};
pub use rebuild::TableDifference;
pub use value::{Row, Value};
pub use vault::{StoredBlob, Vault, VaultError};
pub use view::View;
pub use writer::{By, Tx};
