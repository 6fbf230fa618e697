//! The cookies: who is signed in, which browser visits, which key its forms carry, how pages look.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use super::limits::TOKEN_BYTES_MAX;
use crate::pages::{Appearance, Web, carried_form_key, form_key};

/// What a browser brings along.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cookies {
    /// The token of a sign-in; empty when there is none.
    pub(super) session: String,
    /// A random name for the browser of somebody who is not signed in; empty when there is none.
    pub(super) visitor: String,
    /// The key of forms that a renewed sign-in took over from before; empty when there is none.
    carried: String,
    pub(super) appearance: Appearance,
}

/// A year in seconds: how long the way pages look is kept.
const YEAR_S: u32 = 365 * 86_400;

/// `__Host-` cookies are taken only over TLS, for the whole of exactly this host (RFC 6265bis §4.1.3.2).
fn name(web: &Web, short: &str) -> String {
    let prefix = if web.is_secure() { "__Host-" } else { "" };
    format!("{prefix}{short}")
}

impl Cookies {
    /// Reads the cookies; what is not of the right form is as if it were not there. A name that comes twice counts for
    /// nothing, so that a cookie planted beside ours ends the sign-in instead of replacing it.
    pub(super) fn of(web: &Web, headers: &HeaderMap) -> Self {
        let pairs: Vec<(&str, &str)> = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .collect();
        let one = |short: &str| {
            let name = name(web, short);
            let mut found = pairs.iter().filter(|(key, _)| *key == name);
            match (found.next(), found.next()) {
                (Some((_, value)), None) if is_plain(value) => (*value).to_owned(),
                _ => String::new(),
            }
        };
        Self {
            session: one("tagout"),
            visitor: one("tagout-visitor"),
            carried: one("tagout-forms"),
            appearance: Appearance::named(&one("tagout-appearance")).unwrap_or_default(),
        }
    }

    /// The key that the forms of this sign-in carry; nothing where nobody is signed in. A sign-in whose token was renewed
    /// keeps the key that it had, so that what is typed in other tabs is still taken.
    pub(super) fn session_form_key(&self) -> Option<String> {
        let own = || form_key(&self.session);
        (!self.session.is_empty()).then(|| carried_form_key(&self.session, &self.carried).unwrap_or_else(own))
    }

    /// The key that forms of somebody who is not signed in carry; nothing where the browser has no name.
    pub(super) fn visitor_form_key(&self) -> Option<String> {
        (!self.visitor.is_empty()).then(|| form_key(&self.visitor))
    }
}

/// Makes the browser hold this sign-in until it is closed.
pub(super) fn session(web: &Web, token: &str) -> HeaderValue {
    line(web, "tagout", token, "")
}

/// Makes the browser forget its sign-in.
pub(super) fn no_session(web: &Web) -> HeaderValue {
    line(web, "tagout", "", "; Max-Age=0")
}

/// Keeps the key of forms over the renewal of a token, as [`crate::pages::carry_form_key`] bound it to the new one.
pub(super) fn forms(web: &Web, carried: &str) -> HeaderValue {
    line(web, "tagout-forms", carried, "")
}

/// Names a browser.
pub(super) fn visitor(web: &Web, name: &str) -> HeaderValue {
    line(web, "tagout-visitor", name, "")
}

/// Keeps how pages look.
pub(super) fn appearance(web: &Web, appearance: Appearance) -> HeaderValue {
    line(
        web,
        "tagout-appearance",
        appearance.name(),
        &format!("; Max-Age={YEAR_S}"),
    )
}

fn line(web: &Web, short: &str, value: &str, life: &str) -> HeaderValue {
    let secure = if web.is_secure() { "; Secure" } else { "" };
    let name = name(web, short);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{life}");
    // Tokens and names are plain; anything else would only fail to sign in.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("tagout=; Max-Age=0"))
}

fn is_plain(value: &str) -> bool {
    (1..=TOKEN_BYTES_MAX).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str, header: &str) -> Cookies {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(header).unwrap());
        Cookies::of(&Web::at(url).unwrap(), &headers)
    }

    #[test]
    fn what_is_set_is_read_again_and_nothing_else_is() {
        for url in ["http://localhost:7420", "https://tagout.example"] {
            let web = Web::at(url).unwrap();
            let set = session(&web, "TOK-0001.abc").to_str().unwrap().to_owned();
            assert!(set.contains("; HttpOnly; SameSite=Lax"), "{set}");
            assert_eq!(set.contains("; Secure"), web.is_secure(), "{set}");
            let pair = set.split(';').next().unwrap();
            assert_eq!(read(url, &format!("a=b; {pair}")).session, "TOK-0001.abc");
            assert_eq!(read(url, &format!("{pair}; {pair}")).session, "", "twice");
        }
        assert_eq!(read("https://tagout.example", "tagout=x").session, "");
        assert_eq!(read("http://localhost", "tagout=a b").session, "");
        let long = format!("tagout={}", "x".repeat(TOKEN_BYTES_MAX + 1));
        assert_eq!(read("http://localhost", &long).session, "");
        let appearance = read("http://localhost", "tagout-appearance=dark").appearance;
        assert_eq!(appearance, Appearance::Dark);
    }
}
