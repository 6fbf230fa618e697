//! The server's own log, on standard error: one line for each fault, and for what an operator must know of.

use std::io::Write;

use basis::{PersonId, Refusal, Time};

/// Which request a line is about.
#[derive(Debug, Clone)]
pub(super) struct About {
    /// The method and the route's path with its braces, so that no id or secret of the address is logged.
    pub(super) route: String,
    /// Who asked, as far as that is known.
    pub(super) person: Option<PersonId>,
}

/// Logs a refusal that is the program's fault.
pub(super) fn fault(time: Time, about: &About, refusal: &Refusal) {
    write(time, about, &refusal.to_string());
}

/// Logs a panic that was caught.
pub(super) fn panic(time: Time, about: &About, message: &str) {
    write(time, about, message);
}

fn write(time: Time, about: &About, text: &str) {
    let person = about
        .person
        .map(|person| format!(" by {person}"))
        .unwrap_or_default();
    notice(time, "fault", &format!("{}{person}: {text}", about.route));
}

/// Logs something that concerns no request.
pub(super) fn notice(time: Time, kind: &str, text: &str) {
    let line = format!("{time} {kind}: {}\n", one_line(text));
    // A log that cannot be written must not take the answer with it.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// The text without line breaks and control characters: nobody can forge a second line.
fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines
        .join("; ")
        .chars()
        .map(|character| if character.is_control() { '?' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_fault_stays_on_one_line() {
        assert_eq!(
            one_line("a\n  missing: b\r\nc\u{1b}[31m"),
            "a; missing: b; c?[31m"
        );
    }
}
