//! The filters above a list: a form that only asks, so its answer can be kept as a link.

use askama::Template;
use askama::filters::HtmlSafe;

use super::field::{Choice, Field, Kind};

/// What a list can be narrowed by, and by what it is narrowed now.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "filters.html")]
pub struct Filters {
    path: String,
    fields: Vec<Field>,
    pairs: Vec<(&'static str, Option<String>)>,
}

impl HtmlSafe for Filters {}

/// What was asked for, where the field was filled in.
pub fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

impl Filters {
    /// The filters of the list at this path; none yet.
    pub fn at(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            fields: Vec::new(),
            pairs: Vec::new(),
        }
    }

    /// By a text.
    #[must_use]
    pub fn line(self, name: &'static str, label: &str, value: Option<&String>) -> Self {
        let field = Field::new(id(name), name, label, Kind::Line("text"), None);
        self.with(name, field, value)
    }

    /// By a text, for which these are offered.
    #[must_use]
    pub fn offered_line(
        self,
        name: &'static str,
        label: &str,
        offered: Vec<Choice>,
        value: Option<&String>,
    ) -> Self {
        let field = Field::new(id(name), name, label, Kind::Line("text"), None).suggesting(offered);
        self.with(name, field, value)
    }

    /// By one of these words. The first choice sends nothing and reads as `all`.
    #[must_use]
    pub fn select<'w>(
        self,
        name: &'static str,
        label: &str,
        all: &str,
        words: impl IntoIterator<Item = (&'w str, &'w str)>,
        value: Option<&String>,
    ) -> Self {
        let words = words.into_iter().map(|(word, label)| Choice::new(word, label));
        let choices = std::iter::once(Choice::new("", all)).chain(words).collect();
        let field = Field::new(id(name), name, label, Kind::Select, None).with_choices(choices);
        self.with(name, field, value)
    }

    /// By one of these words of ours, read with blanks for underlines. The first choice sends nothing and reads as `all`.
    #[must_use]
    pub fn word<'w>(
        self,
        name: &'static str,
        label: &str,
        all: &str,
        words: impl IntoIterator<Item = &'w str>,
        value: Option<&String>,
    ) -> Self {
        let words: Vec<(&str, String)> = words
            .into_iter()
            .map(|word| (word, word.replace('_', " ")))
            .collect();
        let words = words.iter().map(|(word, label)| (*word, label.as_str()));
        self.select(name, label, all, words, value)
    }

    fn with(mut self, name: &'static str, field: Field, value: Option<&String>) -> Self {
        let value = filled(value);
        self.fields.push(field.value(value.unwrap_or_default()));
        self.pairs.push((name, value.map(str::to_owned)));
        self
    }

    /// The filters in force, for the links of the list.
    pub fn pairs(&self) -> &[(&'static str, Option<String>)] {
        &self.pairs
    }

    /// The list with these filters in force, and with more in the query.
    pub fn link(&self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let set = self
            .pairs
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        query.extend_pairs(set).extend_pairs(more);
        let query = query.finish();
        if query.is_empty() {
            return self.path.clone();
        }
        format!("{}?{query}", self.path)
    }

    /// The whole list, where some filter is in force.
    pub(crate) fn whole(&self) -> Option<String> {
        self.is_any().then(|| self.path.clone())
    }

    fn is_any(&self) -> bool {
        self.pairs.iter().any(|(_, value)| value.is_some())
    }
}

fn id(name: &str) -> String {
    format!("filter-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_stays_chosen_and_what_is_left_empty_asks_for_nothing() {
        let (late, text) = ("late".to_owned(), " \"><script>".to_owned());
        let blank = " ".to_owned();
        let filters = Filters::at("/findings")
            .select(
                "due",
                "Due",
                "any",
                [("late", "late"), ("soon", "soon")],
                Some(&late),
            )
            .line("text", "Text", Some(&text))
            .line("asset", "Asset", Some(&blank));
        assert_eq!(filters.pairs()[2], ("asset", None));
        assert_eq!(
            filters.link(&[("before", "12")]),
            "/findings?due=late&text=%22%3E%3Cscript%3E&before=12"
        );
        let html = filters.render().unwrap();
        assert!(html.contains(r#"<option value="late" selected>"#), "{html}");
        assert!(!html.contains("<script>"), "{html}");
        assert!(
            html.contains(r#"action="/findings""#) && html.contains("Show everything"),
            "{html}"
        );
        assert!(
            !Filters::at("/findings")
                .render()
                .unwrap()
                .contains("Show everything")
        );
    }
}
