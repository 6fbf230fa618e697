//! From a page, a way on or a file to the bytes and headers that a browser gets.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    SET_COOKIE, VARY,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use basis::Refusal;

use super::answer::file;
use super::cookies;
use crate::Download;
use crate::pages::{FileReply, Goto, Session, Web};

/// Only what this server sends runs, shows, is talked to or takes a form; nobody frames a page (CSP Level 3).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE_HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
    // With `no-referrer` browsers would send forms without their origin.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), geolocation=(), microphone=()",
        ),
    ),
    (
        HeaderName::from_static("x-frame-options"),
        HeaderValue::from_static("DENY"),
    ),
];

/// What is sent.
pub(super) enum Shape {
    Html(String),
    Goto(Goto),
    File(Download),
}

/// An answer to a browser.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) shape: Shape,
    /// The new name of a browser that had none.
    pub(super) visitor: Option<String>,
    /// What the log must know of.
    pub(super) fault: Option<Refusal>,
}

impl Reply {
    pub(super) fn of(status: u16, shape: Shape) -> Self {
        Self {
            status,
            shape,
            visitor: None,
            fault: None,
        }
    }

    pub(super) fn html(status: u16, html: String) -> Self {
        Self::of(status, Shape::Html(html))
    }

    pub(super) fn into_response(self, web: &Web) -> Response {
        let mut response = match self.shape {
            Shape::Html(html) => page(html),
            Shape::Goto(goto) => way_on(&goto, web),
            Shape::File(download) => file(download),
        };
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Some(visitor) = &self.visitor {
            headers.append(SET_COOKIE, cookies::visitor(web, visitor));
        }
        // Proxies and browsers must not hand one person's answer to another.
        headers.insert(VARY, HeaderValue::from_static("Cookie"));
        headers.insert(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        );
        response
    }
}

fn page(html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    response.headers_mut().extend(PAGE_HEADERS);
    response
}

fn way_on(goto: &Goto, web: &Web) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    let first_page = HeaderValue::from_static("/");
    headers.insert(LOCATION, HeaderValue::from_str(&goto.path).unwrap_or(first_page));
    match &goto.session {
        Session::Stays => {}
        Session::Begins(token) => {
            headers.append(SET_COOKIE, cookies::session(web, token));
        }
        Session::Renews { token, forms } => {
            headers.append(SET_COOKIE, cookies::session(web, token));
            headers.append(SET_COOKIE, cookies::forms(web, forms));
        }
        Session::Ends => {
            headers.append(SET_COOKIE, cookies::no_session(web));
        }
    }
    if let Some(appearance) = goto.appearance {
        headers.append(SET_COOKIE, cookies::appearance(web, appearance));
    }
    response
}

/// A file that pages need.
pub(super) fn static_reply(reply: FileReply) -> Response {
    let mut response = Response::new(Body::from(reply.bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.media_type));
    if reply.is_zipped {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    let life = if reply.is_for_ever {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(life));
    response
}
