//! One line on standard error that says how far a long piece of work is.

use std::io::{IsTerminal, Write};

/// Shows progress, on a terminal only. Removed when dropped, so that it never mixes with the answer.
#[derive(Debug)]
pub struct Progress {
    label: String,
    is_shown: bool,
    last: Option<u64>,
}

impl Progress {
    /// Progress of the work with this name.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            is_shown: std::io::stderr().is_terminal(),
            last: None,
        }
    }

    /// Shows that `done` of `all` is done.
    pub fn at(&mut self, done: u64, all: u64) {
        if let Some(line) = self.next_line(done, all)
            && self.is_shown
        {
            write(&line);
        }
    }

    /// The line, when it says something new.
    fn next_line(&mut self, done: u64, all: u64) -> Option<String> {
        let percent = percent(done, all);
        if self.last.replace(percent) == Some(percent) {
            return None;
        }
        Some(format!("\r{} {percent:>3} %", self.label))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown && self.last.is_some() {
            let blank = " ".repeat(self.label.chars().count() + 6);
            write(&format!("\r{blank}\r"));
        }
    }
}

fn percent(done: u64, all: u64) -> u64 {
    let done = u128::from(done.min(all)) * 100;
    let percent = done.checked_div(u128::from(all)).unwrap_or(100);
    u64::try_from(percent).unwrap_or(100)
}

fn write(line: &str) {
    let mut output = std::io::stderr().lock();
    // Progress that cannot be shown stops nothing.
    let _ = output.write_all(line.as_bytes());
    let _ = output.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_only_when_the_percentage_changes() {
        let mut progress = Progress::new("sending scan.nessus");
        assert_eq!(
            progress.next_line(1, 200).as_deref(),
            Some("\rsending scan.nessus   0 %")
        );
        assert_eq!(progress.next_line(1, 200), None);
        assert_eq!(
            progress.next_line(200, 200).as_deref(),
            Some("\rsending scan.nessus 100 %")
        );
        assert_eq!(percent(0, 0), 100);
        assert_eq!(percent(u64::MAX, u64::MAX), 100);
    }
}
