//! From an answer or a refusal to the bytes and headers of a response.

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use basis::{Class, Refusal};

use super::file_body::FileBody;
use super::limits::HEADERS_BYTES_MAX;
use crate::problem::{Problem, status};
use crate::routes::Answer;
use crate::{Content, Download};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What every response carries that does not say it more strictly itself.
const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// A refusal with the status it is answered with.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) refusal: Refusal,
    pub(super) status: u16,
    /// In how many seconds it makes sense to ask again, where the status is one that says so.
    pub(super) retry_after_s: u64,
}

/// In how many seconds to ask again, where nothing better is known.
const RETRY_AFTER_S: u64 = 5;

impl Refused {
    /// A refusal whose status says more than its class does.
    pub(super) fn with_status(refusal: Refusal, status: u16) -> Self {
        Self {
            refusal,
            status,
            retry_after_s: RETRY_AFTER_S,
        }
    }

    /// A refusal that holds for so many seconds.
    pub(super) fn after(refusal: Refusal, retry_after_s: u64) -> Self {
        Self {
            retry_after_s,
            ..Self::from(refusal)
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let status = status(refusal.class);
        Self::with_status(refusal, status)
    }
}

/// The response to a request that a room answered.
pub(super) fn answered(answer: Answer, is_replayed: bool) -> Response {
    let mut response = match answer {
        Answer::Json(bytes) => json(bytes),
        Answer::Download(download) => file(download),
        Answer::Shown(_) | Answer::Goto(_) => unreachable!("only browsers are shown pages"),
    };
    if is_replayed {
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// A response of ready-made JSON.
pub(super) fn json(bytes: impl Into<Body>) -> Response {
    let mut response = Response::new(bytes.into());
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// The problem document.
pub(super) fn refused(refused: &Refused) -> Response {
    let problem = Problem::with_status(&refused.refusal, refused.status);
    let bytes = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() =
        StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, PROBLEM);
    if refused.refusal.class == Class::Unauthenticated {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if matches!(refused.status, 429 | 503) {
        headers.insert(RETRY_AFTER, HeaderValue::from(refused.retry_after_s));
    }
    response
}

/// There is nothing at this path.
pub(super) async fn no_such_path() -> Response {
    let refusal = Refusal::new(Class::NotFound, "path", "there is nothing at this path")
        .way_out("see `/api/v1/openapi.json` for every path there is");
    refused(&refusal.into())
}

/// The path takes other methods; the router adds which ones as `Allow`.
pub(super) async fn no_such_method() -> Response {
    let refusal = Refusal::new(Class::Invalid, "method", "this path does not take this method")
        .way_out("use a method that the header `Allow` names");
    refused(&Refused::with_status(refusal, 405))
}

/// The headers of the request are too large.
pub(super) fn head_too_large() -> Response {
    let what = format!("the headers have more than {HEADERS_BYTES_MAX} bytes");
    let refusal = Refusal::new(Class::Limit, "head size", what).way_out("send fewer or shorter headers");
    refused(&Refused::with_status(refusal, 431))
}

/// Plain HTTP was spoken where HTTPS is.
pub(super) async fn speaks_https() -> Response {
    let refusal = Refusal::new(
        Class::Invalid,
        "clear text",
        "this address speaks HTTPS, not plain HTTP",
    )
    .way_out("write the address with `https://`");
    refused(&refusal.into())
}

/// Says that the host is to be asked over TLS only, for two years (RFC 6797). Never said in clear text.
pub(super) fn insist_on_tls(response: &mut Response) {
    const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");
    response
        .headers_mut()
        .insert(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
}

/// Adds the headers that every response carries.
pub(super) async fn harden(mut response: Response) -> Response {
    for (name, value) in ALWAYS {
        response.headers_mut().entry(name).or_insert(value);
    }
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().remove(ALLOW);
    }
    response
}

/// The response that hands out a file.
pub(super) fn file(download: Download) -> Response {
    let disposition = download.disposition();
    let body = match download.content {
        Content::Bytes(bytes) => Body::from(bytes),
        Content::File(file) => match FileBody::new(file) {
            Ok(body) => Body::new(body),
            Err(_) => {
                let refusal = Refusal::new(Class::Fault, "download", "the file cannot be read")
                    .way_out("look at the disk of the server");
                return refused(&refusal.into());
            }
        },
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let octets = HeaderValue::from_static("application/octet-stream");
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_str(&download.media_type).unwrap_or(octets),
    );
    // The name was made plain ASCII, so the fallback is never used.
    let attachment = HeaderValue::from_static("attachment");
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or(attachment),
    );
    headers.insert(CONTENT_SECURITY_POLICY, SANDBOX);
    response
}
