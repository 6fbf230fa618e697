//! Everything that speaks to the operating system's OpenSSH. Nothing above this module knows its options or messages.

mod complaint;
mod master;
mod options;
mod scan;

pub(crate) use complaint::understand;
pub(crate) use master::Master;
pub use scan::scan_host_key;
