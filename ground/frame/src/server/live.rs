//! Telling open pages that something was recorded (server-sent events, HTML §9.2), so that they fetch themselves anew.
//!
//! Nothing but the fact is told: what it was, a page asks for itself, as the person who looks.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, sleep};

use super::browser::check_host;
use super::cookies::Cookies;
use super::desk::Desk;

/// How often it is looked whether something was recorded.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often a line is sent though nothing happened, so that a dead connection is noticed.
const PULSE_EVERY: Duration = Duration::from_secs(15);
/// How often it is asked whether the person is still signed in.
const ASK_EVERY: Duration = Duration::from_secs(30);
/// How long one connection lasts; browsers connect again by themselves.
const LIFE_MAX: Duration = Duration::from_secs(30 * 60);
/// How many pages are told at once; the next go without.
const PAGES_MAX: usize = 256;

/// How long a browser waits before it connects again, in milliseconds.
const RETRY: &[u8] = b"retry: 2000\n\n";
const RETRY_AND_MOVED: &[u8] = b"retry: 2000\n\nevent: moved\ndata:\n\n";
/// The line that has a page fetch itself anew.
const MOVED: &[u8] = b"event: moved\ndata:\n\n";

/// Whether the server is stopping; put into every request by the server.
#[derive(Debug, Clone)]
pub(super) struct Stopping(pub(super) watch::Receiver<bool>);

/// The places of pages that are told.
pub(super) struct Live {
    places: Arc<Semaphore>,
}

impl Live {
    pub(super) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(PAGES_MAX)),
        }
    }

    /// Answers a page that wants to be told.
    pub(super) async fn answer(&self, desk: Arc<Desk>, request: Request) -> Response {
        if check_host(&desk.house, request.headers()).is_err() {
            return status(StatusCode::BAD_REQUEST);
        }
        let cookies = Cookies::of(&desk.house.web, request.headers());
        let seen = seen_by(request.uri().query().unwrap_or_default());
        let stopping = request.extensions().get::<Stopping>().cloned();
        if !is_signed_in(&desk, &cookies.session).await {
            return status(StatusCode::UNAUTHORIZED);
        }
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return status(StatusCode::SERVICE_UNAVAILABLE);
        };
        let (sender, receiver) = mpsc::channel(4);
        tokio::spawn(async move {
            tell(&desk, &cookies.session, seen, stopping.as_ref(), &sender).await;
            drop(place);
        });
        let mut response = Response::new(Body::new(Lines(receiver)));
        let media_type = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        response
    }
}

/// Up to where the page knew the records when it was made.
fn seen_by(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == "seen")
        .map(|(_, seen)| seen.into_owned())
}

/// Sends until the page is gone, its person is signed out, the server stops, or the time is up.
async fn tell(
    desk: &Arc<Desk>,
    token: &str,
    seen_by_page: Option<String>,
    stopping: Option<&Stopping>,
    sender: &mpsc::Sender<Bytes>,
) {
    let organisation = &desk.house.organisation;
    let (began, mut pulsed, mut asked) = (Instant::now(), Instant::now(), Instant::now());
    let mut seen = organisation.as_of();
    // Between the look and now, or while it was not connected, something may have been recorded.
    let is_behind = seen_by_page != Some(desk.seen(seen));
    let first: &[u8] = if is_behind { RETRY_AND_MOVED } else { RETRY };
    if sender.send(Bytes::from_static(first)).await.is_err() {
        return;
    }
    let is_stopping = || stopping.is_some_and(|stopping| *stopping.0.borrow());
    while began.elapsed() < LIFE_MAX && !sender.is_closed() && !is_stopping() {
        sleep(LOOK_EVERY).await;
        let now = organisation.as_of();
        let line: &[u8] = if now != seen {
            MOVED
        } else if pulsed.elapsed() >= PULSE_EVERY {
            b":\n\n"
        } else {
            continue;
        };
        (seen, pulsed) = (now, Instant::now());
        if asked.elapsed() >= ASK_EVERY {
            asked = Instant::now();
            if !is_signed_in(desk, token).await {
                return;
            }
        }
        if sender.send(Bytes::from_static(line)).await.is_err() {
            return;
        }
    }
}

async fn is_signed_in(desk: &Arc<Desk>, token: &str) -> bool {
    let (house, token) = (Arc::clone(&desk.house), token.to_owned());
    let asked = desk
        .crew
        .run(move || house.gatekeeper.glance(&house.organisation, &token).is_ok());
    asked.await.unwrap_or(false)
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A body of lines that come now and then.
struct Lines(mpsc::Receiver<Bytes>);

impl http_body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0
            .poll_recv(context)
            .map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}
