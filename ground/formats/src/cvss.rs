//! Severity words and CVSS scores.

/// How bad a vulnerability is, in the words of CVSS v3 and v4; they sort by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Score 0.0; Nessus severity 0 (information).
    None,
    /// Score 0.1 to 3.9; Nessus severity 1.
    Low,
    /// Score 4.0 to 6.9; Nessus severity 2.
    Medium,
    /// Score 7.0 to 8.9; Nessus severity 3.
    High,
    /// Score 9.0 to 10.0; Nessus severity 4.
    Critical,
}

impl Severity {
    /// The severity that a scanner writes as a number from 0 to 4.
    pub fn from_level(level: u8) -> Option<Severity> {
        match level {
            0 => Some(Severity::None),
            1 => Some(Severity::Low),
            2 => Some(Severity::Medium),
            3 => Some(Severity::High),
            4 => Some(Severity::Critical),
            _ => None,
        }
    }
}
