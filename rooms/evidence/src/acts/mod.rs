//! What people do with evidence, one act one file.

mod attach;

pub use attach::attach;
