//! The policy as a page of plain text, for people and for the System Security Plan. What it says is what is enforced:
//! each sentence has its numbers from the parameters, and the parameters stand below it.

use std::fmt::Write;

use super::checks;
use super::document::{Policy, Rule};
use super::kinds::Kind;

/// The longest line of the page, in characters.
pub const PAGE_COLUMNS: usize = 100;

/// Writes the policy as one page of plain text.
pub fn render_page(policy: &Policy) -> String {
    let mut page = Page::default();
    page.heading(&policy.title, '=');
    page.line("", &format!("Organisation: {}", policy.organisation));
    page.line(
        "",
        &match policy.version {
            0 => "Version: draft, not adopted".to_owned(),
            version => format!("Version: {version}"),
        },
    );
    page.blank();
    policy.scope.iter().for_each(|sentence| page.line("", sentence));
    page.blank();
    page.line("", "Allowed maintenance:");
    for (kind, sentence) in &policy.maintenance {
        page.entry(&format!("{kind}: {sentence}"));
    }
    let mut chapter = 0;
    for rule in policy.rules() {
        let number = checks::paragraph_numbers(&rule.id).map_or(0, |numbers| numbers[0]);
        if number != chapter {
            chapter = number;
            let heading = policy.headings.get(&number).map_or("", String::as_str);
            page.blank();
            page.heading(&format!("{number}. {heading}"), '-');
        }
        page.rule(rule);
    }
    page.blank();
    page.heading("Appendix A. Roles", '-');
    for (role, duty) in &policy.duties {
        page.entry(&format!("{role}: {duty}"));
    }
    page.blank();
    page.heading("Appendix B. Who may do what", '-');
    for (act, roles) in policy.authority().rows() {
        let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let names = if names.is_empty() {
            "nobody".to_owned()
        } else {
            names.join(", ")
        };
        page.entry(&format!("{act}: {names}"));
    }
    page.blank();
    page.heading("Appendix C. Whom to call", '-');
    for contact in &policy.contacts {
        page.line(
            "  ",
            &format!("{}: {} ({})", contact.who, contact.reach, contact.when),
        );
    }
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn heading(&mut self, title: &str, under: char) {
        self.line("", title);
        let columns = title.chars().count().min(PAGE_COLUMNS);
        self.line("", &under.to_string().repeat(columns));
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn rule(&mut self, rule: &Rule) {
        self.hanging(&rule.id, &rule.sentence);
        if let Kind::Separation(separation) = &rule.kind
            && let Some(path) = &separation.alternative
        {
            let force = if path.in_force { "" } else { "(Not in force.) " };
            self.hanging(&path.paragraph, &format!("{force}{}", path.sentence));
        }
        let parameters = rule
            .parameters
            .iter()
            .filter(|(key, _)| !key.ends_with("sentence"));
        let enforced: Vec<String> = parameters.map(|(key, value)| format!("{key} {value}")).collect();
        self.line(
            INDENT,
            &format!("[{}: {}]", rule.kind.name(), enforced.join("; ")),
        );
        self.line(INDENT, &format!("[serves {}]", rule.objectives.join(", ")));
    }

    fn hanging(&mut self, id: &str, sentence: &str) {
        let start = self.text.len();
        self.line(INDENT, sentence);
        // The id takes the place of the first line's indent; it is plain digits and dots.
        let width = id.len().min(INDENT.len());
        self.text.replace_range(start..start + width, &id[..width]);
    }

    /// An entry of a list: its further lines stand further in.
    fn entry(&mut self, text: &str) {
        self.wrapped("  ", "      ", text);
    }

    fn line(&mut self, indent: &str, text: &str) {
        self.wrapped(indent, indent, text);
    }

    /// Writes text in lines of at most [`PAGE_COLUMNS`] characters, broken between words; a longer word gets a line.
    fn wrapped(&mut self, first_indent: &str, next_indent: &str, text: &str) {
        let mut indent = first_indent;
        let mut column = 0;
        for word in text.split_whitespace() {
            let width = word.chars().count();
            if column > 0 && column + 1 + width > PAGE_COLUMNS {
                self.text.push('\n');
                indent = next_indent;
                column = 0;
            }
            let gap = if column == 0 { indent } else { " " };
            let _ = write!(self.text, "{gap}{word}");
            column += gap.chars().count() + width;
        }
        self.text.push('\n');
    }
}

const INDENT: &str = "         ";
