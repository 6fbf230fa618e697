//! The ledger's bytes: entries, the Merkle tree over them, signed notes and checkpoints, proofs, and the
//! verification of exported packages, all as `docs/package-format.md` specifies them.
//!
//! Only this crate defines bytes that are hashed or signed. Nothing here opens a file, asks a clock or draws a
//! random number, and nothing ever will: callers bring the bytes, the time and the chance.

pub mod canonical;
mod ed25519;
pub mod entry;
pub mod events;
mod hash;
pub mod merkle;
pub mod note;
pub mod package;
pub mod tiles;

pub use hash::Hash;
