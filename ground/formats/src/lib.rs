//! Other people's files: bytes in, typed values out.
//!
//! Scanner reports, advisories, spreadsheets, package versions, SSH signatures and what browsers say of passkeys are read
//! here, each in a module of its own with its own error that names the place and the way out. Everything is pure: no files are
//! opened, no clock is read, nothing is random. What the values mean for a company is decided elsewhere.

pub mod csv_table;
pub mod cvss;
pub mod kinds;
pub mod nessus;
pub mod os_release;
pub mod osv;
pub mod sshsig;
pub mod versions;
pub mod webauthn;

#[cfg(test)]
mod samples;
