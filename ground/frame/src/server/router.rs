//! All routes of all rooms as one router.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING};
use axum::middleware::map_response;
use axum::routing::{MethodFilter, get, on};
use basis::Refusal;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{harden, json, no_such_method, no_such_path};
use super::browser::no_such_page;
use super::desk::{Desk, Served};
use super::live::Live;
use super::reply::static_reply;
use crate::pages::{Place, Sample, choose_appearance, frame_sample, show_appearance, static_file};
use crate::{ANYBODY, House, Method, PublicCall, Routes, openapi};

/// Where the API begins.
pub(crate) const API_ROOT: &str = "/api/v1";

/// Whether the server is there. It says nothing of the organisation: anybody may ask.
#[derive(Debug, Serialize, JsonSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
}

fn health(_: &PublicCall<'_>) -> Result<Health, Refusal> {
    Ok(Health { status: "ok" })
}

/// The routes that are the frame's own.
pub(crate) fn own_routes() -> Routes {
    Routes::room("frame")
        .public_read("/health", "Says that the server is there", health)
        .page("/appearance", ANYBODY, "Shows how pages look", show_appearance)
        .form(
            "/appearance",
            ANYBODY,
            "Chooses how pages look",
            show_appearance,
            choose_appearance,
        )
}

/// Every sample of every page of these rooms, in its frame, with these places in the navigation.
///
/// # Errors
/// A refusal of class `Fault` when a page cannot be rendered.
pub fn samples(rooms: &[Routes], places: &[Place]) -> Result<Vec<Sample>, Refusal> {
    let mut samples = Vec::new();
    for (row, route) in std::iter::once(&own_routes()).chain(rooms).flat_map(Routes::each) {
        let Some(make) = route.samples else { continue };
        for (name, shown) in make()? {
            samples.push(Sample {
                path: row.path,
                name,
                html: frame_sample(places, row.path, &shown),
            });
        }
    }
    Ok(samples)
}

/// All routes of the rooms: what programs ask below `/api/v1`, with `/api/v1/health` and `/api/v1/openapi.json`, and the
/// pages, with the files that they need and `/live`.
///
/// # Panics
/// When two routes have one method and one path: a mistake in the program's own lists.
pub fn router(rooms: Vec<Routes>, house: Arc<House>) -> Router {
    let document = openapi(&rooms, "tagout", env!("CARGO_PKG_VERSION"));
    let document = Bytes::from(serde_json::to_vec_pretty(&document).unwrap_or_default());
    let desk = Arc::new(Desk::new(house));
    let mut api = Router::new().route(
        "/openapi.json",
        get(move || std::future::ready(json(document.clone()))),
    );
    let mut pages = page_files(&desk);
    for (row, route) in std::iter::once(own_routes())
        .chain(rooms)
        .flat_map(Routes::into_each)
    {
        let (path, filter, is_page) = (row.path, filter(row.method), row.kind.is_for_browsers());
        let served = Arc::new(Served { row, route });
        let desk = Arc::clone(&desk);
        let answer = on(filter, move |request: Request| async move {
            desk.answer(served, request).await
        });
        if is_page {
            pages = pages.route(path, answer);
        } else {
            api = api.route(path, answer);
        }
    }
    pages
        .nest(API_ROOT, api.method_not_allowed_fallback(no_such_method))
        .fallback(move |headers: HeaderMap| async move {
            let takes_html = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
            match takes_html.is_some_and(|accept| accept.contains("text/html")) {
                true => no_such_page(&desk),
                false => no_such_path().await,
            }
        })
        .layer(map_response(harden))
}

/// What pages need besides themselves.
fn page_files(desk: &Arc<Desk>) -> Router {
    let (live, desk) = (Arc::new(Live::new()), Arc::clone(desk));
    let told = get(move |request: Request| async move { live.answer(desk, request).await });
    let file = get(|Path(path): Path<String>, headers: HeaderMap| async move {
        let encodings = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let takes_gzip = encodings.is_some_and(|encodings| encodings.contains("gzip"));
        match static_file(&path, takes_gzip) {
            Some(reply) => static_reply(reply),
            None => no_such_path().await,
        }
    });
    Router::new().route("/live", told).route("/static/{*path}", file)
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}
