//! One field of a form: label, hint, what was typed, in the markup of USWDS with everything that reading aloud needs.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

/// What kind of field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An input of this type.
    Line(&'static str),
    Secret,
    File,
    Area,
    Select,
    Radios,
    Checks,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    value: String,
    label: String,
    hint: String,
}

impl Choice {
    /// A choice that sends `value` and reads as `label`.
    pub fn new(value: impl Display, label: impl Display) -> Self {
        Self {
            value: value.to_string(),
            label: label.to_string(),
            hint: String::new(),
        }
    }

    /// What is sent.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// With a line below it.
    #[must_use]
    pub fn hint(self, hint: impl Display) -> Self {
        Self {
            hint: hint.to_string(),
            ..self
        }
    }
}

/// A field. What was typed before a refusal goes before the value that the page gives.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "field.html")]
pub struct Field {
    id: String,
    name: String,
    label: String,
    kind: Kind,
    hint: String,
    typed: Option<Vec<String>>,
    values: Vec<String>,
    choices: Vec<Choice>,
    is_required: bool,
    autocomplete: String,
    rows: u8,
    /// The endings of the files that are offered first.
    accept: &'static str,
}

impl HtmlSafe for Field {}

/// How many things are offered to choose from; where there are more, they are typed.
pub const OFFERED_MAX: usize = 200;
/// How many boxes are shown before the list of them scrolls.
const CHOICES_SHOWN: usize = 12;
/// How many lines of text are shown where nothing else is said.
const ROWS: u8 = 5;

impl Field {
    pub(crate) fn new(id: String, name: &str, label: &str, kind: Kind, typed: Option<Vec<String>>) -> Self {
        Self {
            id,
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            hint: String::new(),
            typed,
            values: Vec::new(),
            choices: Vec::new(),
            is_required: false,
            autocomplete: String::new(),
            rows: ROWS,
            accept: "",
        }
    }

    pub(crate) fn with_choices(self, choices: Vec<Choice>) -> Self {
        Self { choices, ..self }
    }

    /// With a line that says how to fill it in.
    #[must_use]
    pub fn hint(self, hint: impl Display) -> Self {
        Self {
            hint: hint.to_string(),
            ..self
        }
    }

    /// With what stands in it, or what is chosen, at first.
    #[must_use]
    pub fn value(mut self, value: impl Display) -> Self {
        self.values = vec![value.to_string()];
        self
    }

    /// With all that is chosen at first.
    #[must_use]
    pub fn values<T: Display>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.values = values.into_iter().map(|value| value.to_string()).collect();
        self
    }

    /// It must be filled in; the browser says so before anything is sent, and the label does.
    #[must_use]
    pub fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    /// What password managers and browsers may fill in (HTML, autofill field names).
    #[must_use]
    pub fn autocomplete(self, autofill: &str) -> Self {
        Self {
            autocomplete: autofill.to_owned(),
            ..self
        }
    }

    /// Files with these endings are offered first, such as `.csv,.txt`. Nobody has to take one of them.
    #[must_use]
    pub fn offering(self, endings: &'static str) -> Self {
        Self {
            accept: endings,
            ..self
        }
    }

    /// A line for which these are offered while it is typed. Nobody has to take one of them.
    #[must_use]
    pub fn suggesting(self, choices: Vec<Choice>) -> Self {
        Self { choices, ..self }
    }

    /// So many lines high.
    #[must_use]
    pub fn rows(self, rows: u8) -> Self {
        Self { rows, ..self }
    }

    /// Whether the form was refused, so that a file is to be chosen again: browsers do not keep it.
    fn is_again(&self) -> bool {
        self.typed.is_some()
    }

    /// Whether there is more to choose from than fits beside the rest of a form.
    fn is_long(&self) -> bool {
        self.choices.len() > CHOICES_SHOWN
    }

    fn current(&self) -> &str {
        let values = self.typed.as_ref().unwrap_or(&self.values);
        values.first().map_or("", String::as_str)
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        self.typed
            .as_ref()
            .unwrap_or(&self.values)
            .contains(&choice.value)
    }
}
