//! Writing HTML in which nothing of what people wrote is markup.

/// A page in the making.
pub(super) struct Html {
    text: String,
}

/// The style of the page; it prints on white paper and needs no font or file from elsewhere.
const STYLE: &str = "\
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b1b1b; background: #fff }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 2px solid #1b1b1b }
table { border-collapse: collapse; width: 100%; font-size: .875rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid #a9aeb1; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f0f0f0; padding: 1rem; font-size: .875rem }
code { overflow-wrap: anywhere } .note { color: #565c65 }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } tr { break-inside: avoid } pre { border: 1px solid #a9aeb1; background: none } }
";

impl Html {
    pub(super) fn new(title: &str) -> Self {
        let title = escape(title);
        let text = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        );
        Self { text }
    }

    pub(super) fn heading(&mut self, title: &str) {
        self.text.push_str(&format!("<h2>{}</h2>\n", escape(title)));
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.text.push_str(&format!("<p>{}</p>\n", escape(text)));
    }

    pub(super) fn note(&mut self, text: &str) {
        self.text
            .push_str(&format!("<p class=\"note\">{}</p>\n", escape(text)));
    }

    pub(super) fn exact(&mut self, text: &str) {
        self.text.push_str(&format!("<pre>{}</pre>\n", escape(text)));
    }

    pub(super) fn table(&mut self, headings: &[&str], rows: &[Vec<Cell>]) {
        let heads: String = headings
            .iter()
            .map(|head| format!("<th scope=\"col\">{}</th>", escape(head)))
            .collect();
        self.text
            .push_str(&format!("<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n"));
        for row in rows {
            let cells: String = row.iter().map(|cell| format!("<td>{}</td>", cell.0)).collect();
            self.text.push_str(&format!("<tr>{cells}</tr>\n"));
        }
        self.text.push_str("</tbody>\n</table>\n");
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</main>\n</body>\n</html>\n");
        self.text
    }
}

/// What stands in one cell, escaped.
pub(super) struct Cell(String);

impl Cell {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self(escape(text.as_ref()))
    }

    /// Lines under each other.
    pub(super) fn lines(lines: &[String]) -> Self {
        let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
        Self(lines.join("<br>"))
    }

    /// A link to a file of the package.
    pub(super) fn link(path: &str, text: &str) -> Self {
        Self(format!("<a href=\"{}\">{}</a>", escape(path), escape(text)))
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Characters that turn the direction of text can make a line read as something it is not.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escaped.push('\u{fffd}'),
            other if other.is_control() && other != '\n' && other != '\t' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_that_people_wrote_becomes_markup(text in ".{0,60}") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
        }
    }

    #[test]
    fn a_script_is_shown_and_not_run() {
        assert_eq!(escape("<script>a&b\u{202e}"), "&lt;script&gt;a&amp;b\u{fffd}");
    }
}
