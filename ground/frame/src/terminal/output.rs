//! Showing answers on standard output and refusals where they belong.

use std::io::Write;

use basis::{Class, Refusal};
use serde::Serialize;

use super::plain;
use crate::Problem;

/// The exit code of a verification whose answer is no. It is no refusal: the question was answered.
pub const EXIT_VERIFICATION_FAILED: u8 = 1;

/// How answers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Whether answers and refusals are shown as JSON.
    pub json: bool,
}

/// The exit code of a class of refusal. 0 is success, 1 a verification that says no.
pub fn exit_code(class: Class) -> u8 {
    match class {
        Class::Invalid => 2,
        Class::Unauthenticated => 3,
        Class::Forbidden => 4,
        Class::NotFound => 5,
        Class::Conflict => 6,
        Class::Policy => 7,
        Class::Outside => 8,
        Class::Limit => 9,
        Class::Fault => 10,
    }
}

impl Output {
    /// Shows `value` on standard output: as JSON, or in the words of `human`.
    pub fn show<T: Serialize>(self, value: &T, human: impl FnOnce(&T) -> String) {
        print(&self.text(value, human));
    }

    fn text<T: Serialize>(self, value: &T, human: impl FnOnce(&T) -> String) -> String {
        if self.json {
            // Only a map with keys that are no text cannot be written; no answer has one.
            return serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("\"{error}\""));
        }
        plain(&human(value))
    }
}

/// Prints a refusal: in words on standard error, or as its problem document on standard output.
pub fn print_refusal(refusal: &Refusal, output: Output) {
    if output.json {
        print(&output.text(&Problem::of(refusal), |problem| problem.detail.clone()));
    } else {
        // Nobody is left to tell when standard error is closed.
        let _ = std::io::stderr()
            .lock()
            .write_all(refusal_text(refusal).as_bytes());
    }
}

fn refusal_text(refusal: &Refusal) -> String {
    let mut text = format!("refused: {} ({})\n", refusal.what, refusal.rule);
    for line in &refusal.missing {
        text.push_str(&format!("  missing: {line}\n"));
    }
    for line in &refusal.way_out {
        text.push_str(&format!("  do: {line}\n"));
    }
    plain(&text)
}

fn print(text: &str) {
    let mut output = std::io::stdout().lock();
    // A reader that closed its end, such as `head`, has read what it wanted.
    let _ = output.write_all(text.trim_end_matches('\n').as_bytes());
    let _ = output.write_all(b"\n");
    let _ = output.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_an_exit_code_of_its_own() {
        let codes: Vec<u8> = Class::ALL.into_iter().map(exit_code).collect();
        assert_eq!(codes, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn a_refusal_says_what_is_missing_and_what_to_do() {
        let refusal = Refusal::new(
            Class::Policy,
            "policy version 1, paragraph 4.2",
            "CHG-0001 may not be submitted",
        )
        .missing("a rollback plan (paragraph 4.2)")
        .way_out("add one with `tagout change edit CHG-0001 --rollback-plan FILE`");
        insta::assert_snapshot!(refusal_text(&refusal), @r"
        refused: CHG-0001 may not be submitted (policy version 1, paragraph 4.2)
          missing: a rollback plan (paragraph 4.2)
          do: add one with `tagout change edit CHG-0001 --rollback-plan FILE`
        ");
    }

    #[test]
    fn json_is_shown_instead_of_words_when_asked_for() {
        let human = |page: &crate::Paging| format!("limit {:?}\u{7}", page.limit);
        let page = crate::Paging {
            after: None,
            limit: Some(3),
        };
        assert_eq!(Output { json: true }.text(&page, human), "{\n  \"limit\": 3\n}");
        assert_eq!(Output { json: false }.text(&page, human), "limit Some(3)\u{fffd}");
    }
}
