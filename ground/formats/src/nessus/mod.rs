//! Nessus reports (`NessusClientData_v2`), read as a stream in bounded memory.
//!
//! [`read`] gives hosts and items as they come, with every CVE, and ends with [`Event::ReportEnd`] only if the file is
//! whole. What an item means for an asset, and what its absence means, is decided elsewhere: here is only the file.

mod decode;
mod fault;
mod field;
pub mod generate;
mod item;
mod model;
mod read;
mod xml;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod sample_tests;

pub use fault::{Fault, NessusError};
pub use model::{Credentialed, CveId, Cvss, Event, Host, HostEnd, Item, ReportEnd, Text};
pub use read::{Events, read};

/// How much of a report is kept or read before it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Elements inside each other.
    pub depth_max: usize,
    /// Size of one tag, comment, CDATA section or reference in bytes; larger ones are refused.
    pub markup_bytes_max: usize,
    /// How many bytes of a free text (output, solution, synopsis, links) are kept; the rest is counted and dropped.
    pub free_text_bytes_max: usize,
    /// Size of a field that identifies or rates something, in bytes; larger ones are refused.
    pub field_bytes_max: usize,
    /// CVEs of one item.
    pub cves_per_item_max: usize,
    /// Items of one host.
    pub items_per_host_max: u64,
    /// Hosts of the report.
    pub hosts_max: u64,
}

impl Default for Limits {
    /// Room for the largest reports seen in practice, in a few megabytes of memory.
    fn default() -> Limits {
        Limits {
            depth_max: 32,
            markup_bytes_max: 1024 * 1024,
            free_text_bytes_max: 64 * 1024,
            field_bytes_max: 4 * 1024,
            cves_per_item_max: 4096,
            items_per_host_max: 500_000,
            hosts_max: 1_000_000,
        }
    }
}
