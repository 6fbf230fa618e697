//! Where the browser goes after a form was taken.

use basis::Refusal;

use super::{Appearance, Page, Shown};
use crate::Download;

/// Tells the browser to go on to another page (303, RFC 9110 §15.4.4), so that reloading sends nothing again.
#[derive(Debug)]
pub struct Goto {
    pub(crate) path: String,
    pub(crate) session: Session,
    pub(crate) appearance: Option<Appearance>,
    /// What is shown in place of going on, this once.
    pub(crate) shown: Option<Shown>,
    /// The file that is handed over in place of going on.
    pub(crate) file: Option<Download>,
    /// Whether the form changed nothing, so that it is answered anew each time that it is sent.
    pub(crate) is_look: bool,
}

/// What becomes of the sign-in that the browser holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Session {
    /// It stays as it is.
    #[default]
    Stays,
    /// The browser holds this token from now on.
    Begins(String),
    /// It goes on under this token, and its forms under their key.
    Renews {
        /// The token that the browser holds from now on.
        token: String,
        /// The key of its forms, bound to the token; empty until the frame has done so.
        forms: String,
    },
    /// The browser forgets it.
    Ends,
}

impl Goto {
    /// To a page of ours. What is no path of ours becomes the first page: nobody is sent elsewhere.
    pub fn to(path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            path: if is_own_path(&path) { path } else { "/".to_owned() },
            session: Session::Stays,
            appearance: None,
            shown: None,
            file: None,
            is_look: false,
        }
    }

    /// Shows this page first, as the answer to the form: for what is told once, such as a new token. Whoever sends the same
    /// form again is not shown it again, but goes on.
    ///
    /// # Errors
    /// A refusal of class `Fault` when the page cannot be rendered.
    pub fn showing(self, page: &impl Page) -> Result<Self, Refusal> {
        Ok(Self {
            shown: Some(Shown::of(page)?),
            ..self
        })
    }

    /// Shows this page in answer to a form that changes nothing, each time that it is sent: for what is asked in a body,
    /// because addresses stay in histories and logs.
    ///
    /// # Errors
    /// A refusal of class `Fault` when the page cannot be rendered.
    pub fn looking_at(self, page: &impl Page) -> Result<Self, Refusal> {
        Ok(Self {
            shown: Some(Shown::of(page)?),
            is_look: true,
            ..self
        })
    }

    /// Hands this file over in answer to a form that changes nothing, each time that it is sent.
    #[must_use]
    pub fn handing(self, file: Download) -> Self {
        Self {
            file: Some(file),
            is_look: true,
            ..self
        }
    }

    /// The browser is signed in with this token from now on.
    #[must_use]
    pub fn signed_in(self, token: impl Into<String>) -> Self {
        Self {
            session: Session::Begins(token.into()),
            ..self
        }
    }

    /// The browser's sign-in goes on under this token. Forms that were shown before are still taken.
    #[must_use]
    pub fn renewed(self, token: impl Into<String>) -> Self {
        let (token, forms) = (token.into(), String::new());
        Self {
            session: Session::Renews { token, forms },
            ..self
        }
    }

    /// Pages look like this from now on.
    #[must_use]
    pub(crate) fn looking(self, appearance: Appearance) -> Self {
        Self {
            appearance: Some(appearance),
            ..self
        }
    }

    /// The browser is signed out.
    #[must_use]
    pub fn signed_out(self) -> Self {
        Self {
            session: Session::Ends,
            ..self
        }
    }
}

/// Whether the text is a path of this server and nothing else: one slash, then no second slash or backslash, no control.
fn is_own_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    let begins_here = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    begins_here && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for own in [
            "/",
            "/changes/CHG-0001",
            "/changes?state=draft&sort=-risk",
            "/a#b",
        ] {
            assert_eq!(Goto::to(own).path, own);
        }
        for foreign in [
            "",
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=y",
            "/\t/evil.example",
            "evil",
        ] {
            assert_eq!(Goto::to(foreign).path, "/", "{foreign:?}");
        }
    }
}
