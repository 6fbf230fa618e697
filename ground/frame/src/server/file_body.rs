//! A file as the body of an answer, read piece by piece on threads that may wait.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

use super::limits::FILE_PIECE_BYTES;

type Reading = JoinHandle<(File, io::Result<Vec<u8>>)>;

/// The rest of a file.
pub(super) struct FileBody {
    state: State,
    left_bytes: u64,
}

enum State {
    Resting(File),
    Reading(Reading),
    Ended,
}

impl FileBody {
    /// The file from its present position to the end that it has now.
    pub(super) fn new(mut file: File) -> io::Result<Self> {
        let left_bytes = file.metadata()?.len().saturating_sub(file.stream_position()?);
        Ok(Self {
            state: State::Resting(file),
            left_bytes,
        })
    }
}

fn read_piece(mut file: File, size: usize) -> (File, io::Result<Vec<u8>>) {
    let mut piece = vec![0; size];
    let read = file.read_exact(&mut piece).map(|()| piece);
    (file, read)
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Poll::Ready(None),
                State::Resting(_) if self.left_bytes == 0 => return Poll::Ready(None),
                State::Resting(file) => {
                    let left = usize::try_from(self.left_bytes).unwrap_or(usize::MAX);
                    let size = left.min(FILE_PIECE_BYTES);
                    self.state = State::Reading(tokio::task::spawn_blocking(move || read_piece(file, size)));
                }
                State::Reading(mut reading) => {
                    let Poll::Ready(outcome) = Pin::new(&mut reading).poll(context) else {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    };
                    let (file, read) = outcome.map_err(io::Error::other)?;
                    let piece = read?;
                    self.left_bytes -= piece.len() as u64;
                    self.state = State::Resting(file);
                    return Poll::Ready(Some(Ok(Frame::data(piece.into()))));
                }
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left_bytes)
    }

    fn is_end_stream(&self) -> bool {
        self.left_bytes == 0
    }
}
