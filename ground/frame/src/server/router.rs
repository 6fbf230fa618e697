//! All routes of all rooms as one router.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::map_response;
use axum::routing::{MethodFilter, get, on};
use basis::Refusal;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{harden, json, no_such_method, no_such_path};
use super::desk::{Desk, Served};
use crate::{House, Method, PublicCall, Routes, openapi};

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
    Routes::room("frame").public_read("/health", "Says that the server is there", health)
}

/// All routes of the rooms below `/api/v1`, with `/api/v1/health` and `/api/v1/openapi.json`.
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
    for (row, route) in std::iter::once(own_routes())
        .chain(rooms)
        .flat_map(Routes::into_each)
    {
        let (path, filter) = (row.path, filter(row.method));
        let served = Arc::new(Served { row, route });
        let desk = Arc::clone(&desk);
        let answer = move |request: Request| async move { desk.answer(served, request).await };
        api = api.route(path, on(filter, answer));
    }
    Router::new()
        .nest(API_ROOT, api.method_not_allowed_fallback(no_such_method))
        .fallback(no_such_path)
        .layer(map_response(harden))
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
