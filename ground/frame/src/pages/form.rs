//! A form: where it is sent, the key it carries, what was typed into it before it was refused.

use std::fmt::{self, Display};

use super::field::{Choice, Field, Kind};
use super::html::{Escaped, Html};
use super::visit::Visit;

/// A form of a page. It can be had only from a call, so that none is without its key.
///
/// In a template: `{{ submission.open() }} … {{ submission.send("Submit") }} {{ submission.close() }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    action: String,
    key: String,
    once: String,
    typed: Option<Vec<(String, String)>>,
}

impl Form {
    /// The hidden field that proves that the form came from a page of ours.
    pub(crate) const KEY_FIELD: &'static str = "_key";
    /// The hidden field that names one showing of the form.
    pub(crate) const ONCE_FIELD: &'static str = "_once";

    /// The field that holds the file.
    pub(crate) const FILE_FIELD: &'static str = "file";

    /// The form that is sent to this path, which may name the place of the next page that is shown first (`#sign`).
    pub(crate) fn to(action: String, visit: &Visit) -> Self {
        let typed = visit
            .typed
            .as_ref()
            .filter(|typed| typed.path == without_place(&action));
        Self {
            typed: typed.map(|typed| typed.pairs.clone()),
            action,
            key: visit.key.clone(),
            once: visit.once.clone(),
        }
    }

    /// A form for samples of pages; nothing takes it.
    pub fn sample(action: &str) -> Self {
        Self {
            action: action.to_owned(),
            key: "0".repeat(64),
            once: "0".repeat(32),
            typed: None,
        }
    }

    /// A sample of a form in which this was typed before it was refused.
    #[must_use]
    pub fn with_typed(self, pairs: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            typed: Some(pairs.iter().map(own).collect()),
            ..self
        }
    }

    /// Whether the form is shown again because it was refused.
    pub fn is_again(&self) -> bool {
        self.typed.is_some()
    }

    /// What was typed into this field before the form was refused.
    pub fn typed(&self, name: &str) -> Option<&str> {
        let pairs = self.typed.as_ref()?;
        let found = pairs.iter().find(|(typed, _)| typed == name);
        Some(found.map_or("", |(_, value)| value))
    }

    /// Everything that was typed or chosen under this name before the form was refused.
    pub fn typed_all(&self, name: &str) -> Option<Vec<&str>> {
        let own = self.typed.as_ref()?.iter().filter(|(typed, _)| typed == name);
        Some(own.map(|(_, value)| value.as_str()).collect())
    }

    /// The beginning of the form.
    pub fn open(&self) -> Html {
        self.opening("usa-form usa-form--large")
    }

    /// The beginning of a form with a file in it; [`Form::file`] goes last, so that what stands before it is not lost when the
    /// file is refused.
    pub fn open_for_file(&self) -> Html {
        let opening = self.opening("usa-form usa-form--large");
        let marked = "<form enctype=\"multipart/form-data\"";
        Html::made(opening.as_str().replacen("<form", marked, 1))
    }

    /// The beginning of a form that stands in a line, such as one button.
    pub fn open_inline(&self) -> Html {
        self.opening("form-inline")
    }

    /// The beginning of a form that a passkey fills in, with its hidden fields: `options` for the page's script, `answer` for
    /// what it writes. `ceremony` is `create` or `get`.
    pub fn open_for_passkey(&self, ceremony: &str, hidden: &[(&str, &str)]) -> Html {
        let opening = self.opening("usa-form usa-form--large");
        let marked = format!("<form data-passkey=\"{}\"", Escaped(ceremony));
        let opening = opening.as_str().replacen("<form", &marked, 1);
        let fields = hidden.iter().map(|(name, value)| self.hidden(name, value));
        Html::made(fields.fold(opening, |made, field| made + field.as_str()))
    }

    fn opening(&self, class: &str) -> Html {
        let (action, id) = (Escaped(&self.action), self.id());
        let hidden = |name: &str, value: &str| {
            format!(
                "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
                Escaped(value)
            )
        };
        Html::made(format!(
            "<form class=\"{class}\" id=\"{id}\" method=\"post\" action=\"{action}\" autocomplete=\"off\">{}{}",
            hidden(Self::KEY_FIELD, &self.key),
            hidden(Self::ONCE_FIELD, &self.once)
        ))
    }

    /// The end of the form.
    pub fn close(&self) -> Html {
        Html::made("</form>".to_owned())
    }

    /// A field that is not shown.
    pub fn hidden(&self, name: &str, value: impl Display) -> Html {
        let (name, value) = (Escaped(name).to_string(), value.to_string());
        Html::made(format!(
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
            Escaped(&value)
        ))
    }

    /// A line of text.
    pub fn line(&self, name: &str, label: &str) -> Field {
        self.field(name, label, Kind::Line("text"))
    }

    /// A password, or another secret that is not shown as it is typed, and never shown again.
    pub fn secret(&self, name: &str, label: &str) -> Field {
        self.field(name, label, Kind::Secret)
    }

    /// A file to choose, with what it may be. The form begins with [`Form::open_for_file`].
    pub fn file(&self, label: &str, hint: impl Display) -> Field {
        self.field(Self::FILE_FIELD, label, Kind::File).hint(hint)
    }

    /// A whole number.
    pub fn number(&self, name: &str, label: &str) -> Field {
        self.field(name, label, Kind::Line("number"))
    }

    /// Several lines of text.
    pub fn area(&self, name: &str, label: &str) -> Field {
        self.field(name, label, Kind::Area)
    }

    /// A moment in UTC, as browsers enter it: `2026-11-22T18:00`.
    pub fn moment(&self, name: &str, label: &str) -> Field {
        self.field(name, label, Kind::Line("datetime-local"))
    }

    /// One of a list that opens.
    pub fn select(&self, name: &str, label: &str, choices: Vec<Choice>) -> Field {
        self.field(name, label, Kind::Select).with_choices(choices)
    }

    /// One of a list that is shown whole.
    pub fn radios(&self, name: &str, legend: &str, choices: Vec<Choice>) -> Field {
        self.field(name, legend, Kind::Radios).with_choices(choices)
    }

    /// Any of a list. The field is sent once for each that is chosen.
    pub fn checks(&self, name: &str, legend: &str, choices: Vec<Choice>) -> Field {
        self.field(name, legend, Kind::Checks).with_choices(choices)
    }

    /// The button that sends the form.
    pub fn send(&self, label: &str) -> Html {
        Html::made(format!(
            "<button class=\"usa-button\" type=\"submit\">{}</button>",
            Escaped(label)
        ))
    }

    /// The button that sends a form which is not the first thing to do here.
    pub fn send_quietly(&self, label: &str) -> Html {
        Html::made(format!(
            "<button class=\"usa-button usa-button--outline\" type=\"submit\">{}</button>",
            Escaped(label)
        ))
    }

    /// The button that sends a form which ends or destroys something.
    pub fn send_gravely(&self, label: &str) -> Html {
        Html::made(format!(
            "<button class=\"usa-button usa-button--secondary\" type=\"submit\">{}</button>",
            Escaped(label)
        ))
    }

    fn field(&self, name: &str, label: &str, kind: Kind) -> Field {
        let typed = self.typed.as_ref().map(|pairs| {
            let own = pairs.iter().filter(|(typed, _)| typed == name);
            own.map(|(_, value)| value.clone()).collect()
        });
        Field::new(self.field_id(name), name, label, kind, typed)
    }

    /// The id of a field of the form in the document.
    pub(crate) fn field_id(&self, name: &str) -> String {
        format!("{}-{name}", self.id())
    }

    /// The same for the same path, and different for different paths of one page.
    pub(crate) fn id(&self) -> String {
        let dashed = |character: char| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        };
        let path = without_place(&self.action);
        format!("form{}", path.chars().map(dashed).collect::<String>())
    }
}

/// The path without the place in the page that is shown first.
fn without_place(action: &str) -> &str {
    action.split('#').next().unwrap_or_default()
}

impl Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.action)
    }
}
