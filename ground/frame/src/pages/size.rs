//! A size of a file as people say it.

use std::fmt;

/// So many bytes, in the largest unit in which they are a whole number: `2 GB`, `64 MB`. Limits that are powers of two read
/// as they were meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

const BINARY: u64 = 1024;
const DECIMAL: u64 = 1000;

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [("GB", 3), ("MB", 2), ("KB", 1)];
        for (unit, power) in units {
            for base in [BINARY, DECIMAL] {
                let one = base.pow(power);
                if self.0 >= one && self.0.is_multiple_of(one) {
                    return write!(f, "{} {unit}", self.0 / one);
                }
            }
        }
        write!(f, "{} bytes", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_as_they_were_meant() {
        for (bytes, words) in [
            (2 * 1024 * 1024 * 1024, "2 GB"),
            (4_000_000_000, "4 GB"),
            (64 * 1024 * 1024, "64 MB"),
            (1_500_000, "1500 KB"),
            (1024, "1 KB"),
            (2_147_483_647, "2147483647 bytes"),
            (0, "0 bytes"),
        ] {
            assert_eq!(Size(bytes).to_string(), words);
        }
    }
}
