//! The smallest parts of a page: text that is HTML already, a moment, a state.

use std::fmt::{self, Display, Write};

use askama::filters::HtmlSafe;
use basis::Time;

/// Text that is HTML already: templates put it in as it is. Only the frame makes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Html(String);

impl Html {
    /// Takes text in which everything that came from outside was escaped.
    pub(crate) fn made(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Text for the inside of an element or of a quoted attribute, its special characters written as references.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;"),
                '<' => f.write_str("&lt;"),
                '>' => f.write_str("&gt;"),
                '"' => f.write_str("&quot;"),
                '\'' => f.write_str("&#39;"),
                _ => f.write_char(character),
            }?;
        }
        Ok(())
    }
}

/// A moment, shown to the minute with its zone, for machines to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Time);

impl Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, people) = (self.0.to_string(), self.0.to_minutes());
        write!(f, "<time datetime=\"{machine}\">{people}</time>")
    }
}

impl HtmlSafe for Moment {}

/// How a state is to be taken. The word always stands beside the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to note.
    Plain,
    /// On its way.
    Active,
    /// As it should be.
    Good,
    /// Needs somebody.
    Warning,
    /// Wrong, refused or late.
    Bad,
}

impl Tone {
    /// The name of the style.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Active => "active",
            Tone::Good => "good",
            Tone::Warning => "warning",
            Tone::Bad => "bad",
        }
    }
}

/// A word for a state, with a colour beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    word: String,
    tone: Tone,
}

impl State {
    /// The state of this word.
    pub fn new(word: impl Into<String>, tone: Tone) -> Self {
        Self {
            word: word.into(),
            tone,
        }
    }

    /// The word.
    pub fn word(&self) -> &str {
        &self.word
    }
}

impl Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tone, word) = (self.tone.name(), Escaped(&self.word));
        write!(f, "<span class=\"usa-tag state state--{tone}\">{word}</span>")
    }
}

impl HtmlSafe for State {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_from_outside_cannot_become_a_tag_or_leave_an_attribute() {
        let state = State::new("<script>\"'&", Tone::Bad).to_string();
        assert!(state.contains("&lt;script&gt;&quot;&#39;&amp;"), "{state}");
    }

    #[test]
    fn a_moment_shows_its_zone() {
        let moment = Moment(Time::parse("2026-11-22T18:00:00Z").unwrap()).to_string();
        assert!(
            moment.contains("datetime=\"2026-11-22T18:00:00.000Z\""),
            "{moment}"
        );
        assert!(moment.contains("UTC") || moment.contains('Z'), "{moment}");
    }
}
