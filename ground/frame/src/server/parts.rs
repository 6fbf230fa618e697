//! Receiving a form with a file in it (`multipart/form-data`, RFC 7578): its fields in memory, its file on disk, piece by piece.
//!
//! The key of the form comes first: without it nothing is written to disk.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use aws_lc_rs::digest;
use axum::body::{Body, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use basis::{Class, Refusal};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyDataStream;
use ledger::Hash;
use multer::{Field, Multipart};

use super::answer::Refused;
use super::body::{Arriving, is_media_type, too_slow};
use super::limits::{FILE_ARRIVAL_MAX, FILE_PAUSE_MAX, FORM_PIECE_BYTES_LEAST, JSON_BYTES_MAX};
use super::spool::Spool;
use crate::FormFile;
use crate::form_file::given_name;
use crate::pages::Form;
use crate::pages::Size;

/// What has been received of a form.
#[derive(Default)]
pub(super) struct Received {
    /// Its fields in their order, the frame's own too.
    pub(super) fields: Vec<(String, String)>,
    /// The file, if one was chosen and all of it came.
    pub(super) file: Option<FormFile>,
    /// Why the rest was not taken.
    pub(super) refused: Option<Refused>,
}

/// What is taken of a form.
pub(super) struct Wanted<'w> {
    /// Where the file is put.
    pub(super) folder: &'w std::path::Path,
    /// The largest file that is taken.
    pub(super) limit_bytes: u64,
    /// Whether the file is taken from a form with this key.
    pub(super) is_key: &'w (dyn Fn(&str) -> bool + Sync),
}

impl Arriving {
    /// Receives a form. What is refused ends it; the fields before it are still there, and the rest is left where it is.
    pub(super) async fn parts(&mut self, headers: &HeaderMap, wanted: &Wanted<'_>) -> Received {
        let mut received = Received::default();
        if self.body.is_end_stream() {
            return received;
        }
        let receiving = self.receive(headers, wanted, &mut received);
        let outcome = match tokio::time::timeout(FILE_ARRIVAL_MAX, receiving).await {
            Ok(outcome) => outcome,
            Err(_) => Err(too_slow(FILE_ARRIVAL_MAX)),
        };
        if let Err(refused) = outcome {
            received.file = None;
            received.refused = Some(refused);
        }
        received
    }

    async fn receive(
        &mut self,
        headers: &HeaderMap,
        wanted: &Wanted<'_>,
        received: &mut Received,
    ) -> Result<(), Refused> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = match content_type {
            Some(text) if is_media_type(headers, "multipart/form-data") => multer::parse_boundary(text).ok(),
            _ => None,
        };
        let boundary = boundary.ok_or_else(no_form)?;
        let allowance = Allowance::new();
        let piecewise = Piecewise {
            body: &mut self.body,
            allowance: allowance.clone(),
            is_resting: false,
        };
        let mut parts = Multipart::new(BodyDataStream::new(piecewise), boundary);
        loop {
            let next = tokio::time::timeout(FILE_PAUSE_MAX, parts.next_field()).await;
            let next = next.map_err(|_| too_slow(FILE_PAUSE_MAX))?;
            let Some(part) = next.map_err(|error| broken(&error, &allowance))? else {
                return Ok(());
            };
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = name == Form::FILE_FIELD || part.file_name().is_some();
            if !is_file {
                let value = text(part, &allowance).await?;
                received.fields.push((name, value));
                continue;
            }
            let key = received
                .fields
                .first()
                .filter(|(name, _)| name == Form::KEY_FIELD);
            if !key.is_some_and(|(_, key)| (wanted.is_key)(key)) {
                return Err(no_key());
            }
            if name != Form::FILE_FIELD || received.file.is_some() {
                return Err(second_file());
            }
            received.file = file(part, wanted, &allowance).await?;
        }
    }
}

async fn text(mut part: Field<'_>, allowance: &Allowance) -> Result<String, Refused> {
    let mut bytes = Vec::new();
    while let Some(piece) = piece(&mut part, allowance).await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The file; none where nobody chose one, which browsers send as an empty file without a name.
async fn file(
    mut part: Field<'_>,
    wanted: &Wanted<'_>,
    allowance: &Allowance,
) -> Result<Option<FormFile>, Refused> {
    let given_name = given_name(part.file_name().unwrap_or_default());
    let mut spool = Spool::in_folder(wanted.folder, wanted.limit_bytes).await?;
    let mut content = digest::Context::new(&digest::SHA256);
    while let Some(piece) = piece(&mut part, allowance).await? {
        if !spool.has_room_for(&piece) {
            return Err(too_large(wanted.limit_bytes));
        }
        content.update(&piece);
        spool.take(&piece).await?;
        allowance.fill();
    }
    let size_bytes = spool.size_bytes();
    if size_bytes == 0 && given_name.is_empty() {
        return Ok(None);
    }
    if size_bytes == 0 {
        let refusal = Refusal::new(Class::Invalid, "file", "the file is empty");
        return Err(refusal.way_out("choose the file that has something in it").into());
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(content.finish().as_ref());
    Ok(Some(FormFile {
        file: spool.finish().await?,
        given_name,
        size_bytes,
        sha256: Hash(sha256),
    }))
}

async fn piece(part: &mut Field<'_>, allowance: &Allowance) -> Result<Option<Bytes>, Refused> {
    let piece = tokio::time::timeout(FILE_PAUSE_MAX, part.chunk()).await;
    let piece = piece.map_err(|_| too_slow(FILE_PAUSE_MAX))?;
    piece.map_err(|error| broken(&error, allowance))
}

/// How many more bytes may come that are not those of a file: they are kept in memory.
#[derive(Clone)]
struct Allowance(Arc<AtomicU64>);

impl Allowance {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(JSON_BYTES_MAX)))
    }

    fn fill(&self) {
        self.0.store(JSON_BYTES_MAX, Ordering::Relaxed);
    }

    fn take(&self, size_bytes: u64) {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(size_bytes), Ordering::Relaxed);
    }

    fn is_used_up(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

/// The body one piece at a time: the reader of parts takes all that is ready before it looks at it, and that may be much.
struct Piecewise<'b> {
    body: &'b mut Body,
    allowance: Allowance,
    is_resting: bool,
}

impl HttpBody for Piecewise<'_> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.is_resting {
            self.is_resting = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.allowance.is_used_up() {
            return Poll::Ready(Some(Err(io::ErrorKind::OutOfMemory.into())));
        }
        let Poll::Ready(next) = Pin::new(&mut *self.body).poll_frame(context) else {
            return Poll::Pending;
        };
        let Some(next) = next else {
            return Poll::Ready(None);
        };
        let frame = next.map_err(io::Error::other)?;
        if let Some(piece) = frame.data_ref() {
            self.allowance
                .take((piece.len() as u64).max(FORM_PIECE_BYTES_LEAST));
            self.is_resting = true;
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn broken(error: &multer::Error, allowance: &Allowance) -> Refused {
    if allowance.is_used_up() {
        let what = format!("the fields of the form are larger than {JSON_BYTES_MAX} bytes");
        let refusal = Refusal::new(Class::Limit, "form size", what).way_out("write less into the form");
        return Refused::with_status(refusal, 413);
    }
    Refusal::new(Class::Invalid, "form", format!("the form broke off: {error}"))
        .way_out("send it again")
        .into()
}

fn too_large(limit_bytes: u64) -> Refused {
    let what = format!("the file is larger than {}", Size(limit_bytes));
    let refusal =
        Refusal::new(Class::Limit, "file size", what).way_out("choose a smaller file, or send it in parts");
    Refused::with_status(refusal, 413)
}

fn second_file() -> Refused {
    Refusal::new(Class::Invalid, "file", "the form takes one file, and more came")
        .way_out("choose one file")
        .into()
}

/// The key did not come first, so nothing of the file was looked at. The refusal that people see is made where the key is checked.
fn no_key() -> Refused {
    let what = "this form was not made for the present sign-in, so nothing was done";
    Refusal::new(Class::Conflict, "form key", what)
        .way_out("look through what is filled in below, and send it once more")
        .into()
}

fn no_form() -> Refused {
    let refusal = Refusal::new(
        Class::Invalid,
        "media type",
        "what was sent is not a form of a page with a file",
    )
    .way_out("open the page and send its form");
    Refused::with_status(refusal, 415)
}
