//! Pages that say something once: recovery codes, an invitation, a token. Reloading them does nothing again.

use askama::Template;
use frame::pages::Page;

/// Secrets, and what to do with them.
#[derive(Debug, Clone, Template)]
#[template(path = "told_once.html")]
pub(super) struct ToldOnce {
    pub(super) title: String,
    /// What it is, in a sentence or two.
    pub(super) about: String,
    /// One line each.
    pub(super) secrets: Vec<String>,
    /// Where to go on.
    pub(super) next: (&'static str, String),
}

impl ToldOnce {
    /// Recovery codes.
    pub(super) fn recovery_codes(codes: Vec<String>, next: (&'static str, String)) -> Self {
        Self {
            title: "Your recovery codes".to_owned(),
            about: "Each code is good once in place of a one-time code, together with your password. They are shown only \
                    now: print this page, or keep them where your authenticator is not."
                .to_owned(),
            secrets: codes,
            next,
        }
    }
}

impl Page for ToldOnce {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let codes = (0..10)
            .map(|number| format!("{number:04}-abcd-efgh-jkmn"))
            .collect();
        vec![(
            "recovery codes",
            Self::recovery_codes(codes, ("To your account", "/account".to_owned())),
        )]
    }
}
