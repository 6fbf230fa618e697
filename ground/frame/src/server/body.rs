//! Receiving what comes with a request, within its limits of size and time.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, EXPECT};
use basis::{Class, Refusal};
use bytes::Bytes;
use http_body_util::BodyExt;

use super::answer::Refused;
use super::limits::{
    DRAIN_BYTES_MAX, DRAIN_TIME_MAX, FILE_ARRIVAL_MAX, FILE_PAUSE_MAX, FORM_DRAIN_BYTES_MAX,
    FORM_DRAIN_TIME_MAX, JSON_ARRIVAL_MAX, JSON_BYTES_MAX,
};
use super::spool::Spool;

/// A body that is arriving.
pub(super) struct Arriving {
    pub(super) body: Body,
    /// The sender waits for a go-ahead (RFC 9110 §10.1.1), which reading the body would give.
    is_waiting_for_go_ahead: bool,
}

impl Arriving {
    pub(super) fn new(body: Body, headers: &HeaderMap) -> Self {
        Self {
            body,
            is_waiting_for_go_ahead: headers.contains_key(EXPECT),
        }
    }

    /// Reads a JSON body whole.
    pub(super) async fn json(mut self, headers: &HeaderMap) -> Result<Vec<u8>, Refused> {
        if self.body.is_end_stream() {
            return Ok(Vec::new());
        }
        if !is_media_type(headers, "application/json") {
            self.drain().await;
            let refusal = Refusal::new(Class::Invalid, "media type", "the body is not said to be JSON")
                .way_out("send `Content-Type: application/json`");
            return Err(Refused::with_status(refusal, 415));
        }
        self.whole().await
    }

    /// Reads the fields of a form whole (`application/x-www-form-urlencoded`).
    pub(super) async fn form(mut self, headers: &HeaderMap) -> Result<Vec<u8>, Refused> {
        if !self.body.is_end_stream() && !is_media_type(headers, "application/x-www-form-urlencoded") {
            self.drain().await;
            let refusal = Refusal::new(
                Class::Invalid,
                "media type",
                "what was sent is not a form of a page",
            )
            .way_out("open the page and send its form");
            return Err(Refused::with_status(refusal, 415));
        }
        self.whole().await
    }

    async fn whole(mut self) -> Result<Vec<u8>, Refused> {
        if self.body.size_hint().lower() > JSON_BYTES_MAX {
            self.drain().await;
            return Err(too_large(JSON_BYTES_MAX));
        }
        match tokio::time::timeout(JSON_ARRIVAL_MAX, self.gather()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(too_slow(JSON_ARRIVAL_MAX)),
        }
    }

    async fn gather(&mut self) -> Result<Vec<u8>, Refused> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece().await? {
            if bytes.len() as u64 + piece.len() as u64 > JSON_BYTES_MAX {
                self.drain().await;
                return Err(too_large(JSON_BYTES_MAX));
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// Receives a file of at most `limit_bytes` into a file without a name in `folder`, rewound.
    pub(super) async fn file(mut self, folder: &Path, limit_bytes: u64) -> Result<File, Refused> {
        if self.body.size_hint().lower() > limit_bytes {
            self.drain().await;
            return Err(too_large(limit_bytes));
        }
        match tokio::time::timeout(FILE_ARRIVAL_MAX, self.spool(folder, limit_bytes)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(too_slow(FILE_ARRIVAL_MAX)),
        }
    }

    async fn spool(&mut self, folder: &Path, limit_bytes: u64) -> Result<File, Refused> {
        let mut spool = Spool::in_folder(folder, limit_bytes).await?;
        loop {
            let piece = tokio::time::timeout(FILE_PAUSE_MAX, self.piece())
                .await
                .map_err(|_| too_slow(FILE_PAUSE_MAX))??;
            let Some(piece) = piece else {
                return spool.finish().await;
            };
            if !spool.has_room_for(&piece) {
                self.drain().await;
                return Err(too_large(limit_bytes));
            }
            spool.take(&piece).await?;
        }
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Refused> {
        loop {
            match self.body.frame().await {
                None => return Ok(None),
                Some(Ok(frame)) => {
                    // Trailers are allowed and ignored (RFC 9110 §6.5.1).
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
                Some(Err(error)) => {
                    let what = format!("the body broke off: {error}");
                    return Err(Refusal::new(Class::Invalid, "body", what)
                        .way_out("send it again")
                        .into());
                }
            }
        }
    }

    /// Reads on for a while without keeping anything, unless the sender has not begun.
    pub(super) async fn drain(&mut self) {
        self.drain_within(DRAIN_BYTES_MAX, DRAIN_TIME_MAX).await;
    }

    /// The same for the form of somebody who is signed in: a browser reads no answer before it has sent everything.
    pub(super) async fn drain_form(&mut self) {
        self.drain_within(FORM_DRAIN_BYTES_MAX, FORM_DRAIN_TIME_MAX).await;
    }

    async fn drain_within(&mut self, bytes_max: u64, time_max: Duration) {
        if self.is_waiting_for_go_ahead {
            return;
        }
        let reading = async {
            let mut size_bytes = 0;
            while let Ok(Some(piece)) = self.piece().await {
                size_bytes += piece.len() as u64;
                if size_bytes > bytes_max {
                    break;
                }
            }
        };
        // Whether the rest arrived in time makes no difference to the refusal.
        let _ = tokio::time::timeout(time_max, reading).await;
    }
}

pub(super) fn is_media_type(headers: &HeaderMap, expected: &str) -> bool {
    let Some(Ok(value)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case(expected)
}

fn too_large(limit_bytes: u64) -> Refused {
    let what = format!("the body is larger than {limit_bytes} bytes");
    let refusal = Refusal::new(Class::Limit, "body size", what).way_out("send less at once");
    Refused::with_status(refusal, 413)
}

pub(super) fn too_slow(limit: Duration) -> Refused {
    let what = format!("the body did not arrive within {} seconds", limit.as_secs());
    let refusal =
        Refusal::new(Class::Limit, "body time", what).way_out("send it again over a faster connection");
    Refused::with_status(refusal, 408)
}
