//! One look of a browser at a page: which key its forms carry, and what was typed where a form was refused.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use basis::Refusal;

use super::Appearance;

/// What the key of a form is made for; another use of the cookie gives another key.
const FORM_KEY_PURPOSE: &[u8] = b"tagout form 1";
/// What binds a key of forms to the token of a renewed sign-in.
const CARRIED_PURPOSE: &[u8] = b"tagout form carried 1";

/// What a form sent, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Typed {
    /// The path that the form was sent to.
    pub(crate) path: String,
    /// Its fields, in the form's order.
    pub(crate) pairs: Vec<(String, String)>,
}

/// One look of a browser at a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visit {
    /// The path that is asked for.
    pub(crate) path: String,
    /// Which forms of this look carry; empty where there is no browser.
    pub(crate) key: String,
    /// The name that the browser is given, where it had none.
    pub(crate) new_visitor: Option<String>,
    /// Names this look, so that a form sent twice is taken once.
    pub(crate) once: String,
    /// What was typed, where a form is shown again.
    pub(crate) typed: Option<Typed>,
    /// Why it is shown again.
    pub(crate) refusal: Option<Refusal>,
    /// How the person wants pages to look.
    pub(crate) appearance: Appearance,
    /// Up to where the records were known when the look began, in words of the server that was asked.
    pub(crate) seen: String,
}

/// The key that the forms of whoever holds this cookie carry: HMAC-SHA-256 in hex. It tells nothing of the cookie, and who
/// does not hold the cookie cannot make it, so a form that carries it came from a page of ours.
pub(crate) fn form_key(cookie: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, cookie.as_bytes());
    hex::encode(hmac::sign(&key, FORM_KEY_PURPOSE))
}

/// Whether the key of a form is the one that was due.
pub(crate) fn is_form_key(due: &str, key: &str) -> bool {
    verify_slices_are_equal(due.as_bytes(), key.as_bytes()).is_ok()
}

fn binding(session: &str, form_key: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, session.as_bytes());
    hex::encode(hmac::sign(&key, &[CARRIED_PURPOSE, form_key.as_bytes()].concat()))
}

/// A key of forms, bound to the token of the sign-in that takes it over: who does not hold the token cannot make it, so a
/// planted one counts for nothing.
pub(crate) fn carry_form_key(session: &str, form_key: &str) -> String {
    format!("{form_key}.{}", binding(session, form_key))
}

/// The key of forms that the sign-in with this token took over, if it did.
pub(crate) fn carried_form_key(session: &str, carried: &str) -> Option<String> {
    let (key, bound) = carried.split_once('.')?;
    let is_bound = verify_slices_are_equal(binding(session, key).as_bytes(), bound.as_bytes()).is_ok();
    is_bound.then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_fits_one_cookie_only() {
        let key = form_key("TOK-1.secret");
        assert!(is_form_key(&form_key("TOK-1.secret"), &key));
        assert!(!is_form_key(&form_key("TOK-2.secret"), &key));
        assert!(!is_form_key(&key, ""));
        assert!(!is_form_key(&key, &key[1..]));
    }

    #[test]
    fn a_key_is_carried_to_the_token_that_it_was_bound_to_alone() {
        let key = form_key("TOK-1.old");
        let carried = carry_form_key("TOK-1.new", &key);
        assert_eq!(carried_form_key("TOK-1.new", &carried), Some(key.clone()));
        for (session, planted) in [
            ("TOK-1.newer", carried.as_str()),
            ("TOK-1.new", key.as_str()),
            ("TOK-1.new", &format!("{key}.{key}")),
            ("TOK-1.new", &carried[1..]),
            ("TOK-1.new", "."),
            ("TOK-1.new", ""),
        ] {
            assert_eq!(carried_form_key(session, planted), None, "{session} {planted}");
        }
    }
}
