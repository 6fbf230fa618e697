//! The canonical text of a request: what an approver reads is what an approver signs.
//!
//! The same request always makes the same text. Headings stand at the margin and everything that people wrote is indented,
//! so that no text can pretend to be a heading; control characters and invisible marks are spelled out.

use std::fmt::Write;

use basis::Time;

use super::ChangeId;
use super::parts::Parts;

/// The most characters on a line of prose; longer lines are broken at a space where there is one.
const LINE_CHARS: usize = 100;

/// A thing with the words that tell people which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The id, such as `AST-0001`.
    pub id: String,
    /// Its name and what else a reviewer must know of it, in one line.
    pub words: String,
}

/// Everything the text is made of besides the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The ledger's origin.
    pub origin: String,
    /// Which change.
    pub change: ChangeId,
    /// Which revision.
    pub revision: u64,
    /// Who asks.
    pub requester: Named,
    /// Who else wrote a part of it.
    pub authors: Vec<Named>,
    /// The assets, in the order of the request.
    pub assets: Vec<Named>,
    /// The findings, in the order of the request.
    pub findings: Vec<Named>,
    /// The people who carry it out, in the order of the request.
    pub executors: Vec<Named>,
    /// What the policy asks for as evidence before the change may close.
    pub evidence: Vec<String>,
    /// The version of the policy in force.
    pub policy_version: u64,
    /// Justification and findings of a retrospective; none for a request.
    pub look: Option<(String, String)>,
    /// Who in fact worked, for a retrospective.
    pub worked: Vec<Named>,
    /// When work began, for a retrospective.
    pub work_began_at: Option<Time>,
}

/// The text of a request, or of a retrospective where `asked` has a look.
pub fn canonical_text(asked: &Asked, parts: &Parts) -> String {
    let mut text = Text::default();
    match asked.look {
        None => text.heading("Change request"),
        Some(_) => text.heading("Retrospective of an emergency change"),
    }
    text.line("change", &asked.change.to_string());
    text.line("revision", &asked.revision.to_string());
    text.line("organisation", &asked.origin);
    text.line("title", &parts.title);
    text.line("type", parts.change_type.name());
    text.named_lines("requested by", std::slice::from_ref(&asked.requester));
    text.named_lines("written with", &asked.authors);
    text.line("policy", &format!("version {}", asked.policy_version));
    if let Some((justification, findings)) = &asked.look {
        text.prose("Justification", Some(justification));
        text.prose("What was done and found", Some(findings));
        text.list("Who worked", &lines_of(&asked.worked));
        let began = asked.work_began_at.map(|at| at.to_string());
        text.prose("Work began", began.as_deref());
        text.heading("What was asked for");
    }
    text.prose("Reason", parts.reason.as_deref());
    if parts.emergency_reason.is_some() {
        text.prose("Why it cannot wait", parts.emergency_reason.as_deref());
    }
    text.list("Assets", &lines_of(&asked.assets));
    text.list("Findings it is for", &lines_of(&asked.findings));
    text.prose("Security impact", parts.security_impact.as_deref());
    text.prose("Availability impact", parts.availability_impact.as_deref());
    text.prose("Test plan", parts.test_plan.as_deref());
    text.prose("Rollback plan", parts.rollback_plan.as_deref());
    text.prose("Communication plan", parts.communication_plan.as_deref());
    let window = parts
        .window
        .map(|hours| format!("{} until {}", hours.from, hours.until));
    text.prose("Window", window.as_deref());
    text.list("Carried out by", &lines_of(&asked.executors));
    text.list("Checklist", &parts.checklist);
    text.list("Evidence needed before it may close", &asked.evidence);
    match &parts.plan {
        None => text.prose("Plan", None),
        Some(plan) => {
            text.heading("Plan");
            text.line("sha256", &plan.digest);
            text.verbatim(&plan.text);
        }
    }
    if let Some(draft) = &parts.policy_draft {
        text.heading("Policy document to adopt");
        text.line("sha256", &draft.digest);
        text.verbatim(&draft.text);
    }
    text.text
}

fn lines_of(named: &[Named]) -> Vec<String> {
    let line = |named: &Named| format!("{} {}", named.id, named.words).trim_end().to_owned();
    named.iter().map(line).collect()
}

#[derive(Default)]
struct Text {
    text: String,
}

impl Text {
    fn heading(&mut self, heading: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(heading);
        self.text.push('\n');
    }

    fn line(&mut self, name: &str, value: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "  {name}: {}", visible(value));
    }

    fn named_lines(&mut self, name: &str, named: &[Named]) {
        for line in lines_of(named) {
            self.line(name, &line);
        }
    }

    fn prose(&mut self, heading: &str, prose: Option<&str>) {
        self.heading(heading);
        match prose.filter(|prose| !prose.trim().is_empty()) {
            None => self.text.push_str("  (none)\n"),
            Some(prose) => {
                for line in lines(prose) {
                    for piece in broken(&line, LINE_CHARS) {
                        let _ = writeln!(self.text, "    {piece}");
                    }
                }
            }
        }
    }

    fn list(&mut self, heading: &str, items: &[String]) {
        self.heading(heading);
        if items.is_empty() {
            self.text.push_str("  (none)\n");
        }
        for item in items {
            for (piece, mark) in broken(&visible(item), LINE_CHARS)
                .iter()
                .zip(std::iter::once("-").chain(std::iter::repeat(" ")))
            {
                let _ = writeln!(self.text, "  {mark} {piece}");
            }
        }
    }

    fn verbatim(&mut self, text: &str) {
        for line in lines(text) {
            let _ = writeln!(self.text, "    {line}");
        }
    }
}

/// The lines of a text, made visible; line ends of Windows are line ends, trailing line ends are none.
fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.trim_end_matches('\n').split('\n').map(visible).collect()
}

/// Spells out what a screen would not show as it is: control characters, and marks that hide or turn text around.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let hides = character.is_control()
            || matches!(character,
                '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}');
        if hides {
            let _ = write!(shown, "<U+{:04X}>", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Breaks a line into pieces of at most `most` characters, after a space where there is one.
fn broken(line: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((end, _)) = rest.char_indices().nth(most) {
        let at_space = rest[..end].rfind(' ').map(|space| space + 1);
        let cut = at_space.filter(|cut| *cut > 1).unwrap_or(end);
        pieces.push(rest[..cut].trim_end_matches(' '));
        rest = &rest[cut..];
    }
    pieces.push(rest);
    pieces
}

#[cfg(test)]
mod tests;
