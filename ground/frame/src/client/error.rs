//! From what went wrong on the way, or what the server refused, to a refusal.

use basis::{Class, Refusal};
use ureq::http::StatusCode;

use crate::Problem;

/// The refusal for a call that got no answer.
pub(super) fn no_answer(server: &str, error: &ureq::Error) -> Refusal {
    match error {
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => not_there(server),
        ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => not_there(server),
        ureq::Error::Timeout(ureq::Timeout::Connect) => not_there(server),
        ureq::Error::Timeout(_) => outside(format!("the server at {server} took too long to answer"))
            .way_out("look at the record before asking again: it may have been done"),
        ureq::Error::BodyExceedsLimit(limit) => {
            outside(format!("the answer of {server} is larger than {limit} bytes"))
                .way_out("ask for less at once, with `limit`")
        }
        other => outside(format!("the call to {server} broke off: {other}"))
            .way_out("look at the record before asking again: it may have been done"),
    }
}

/// The refusal that the server sent, or one that says that it sent something else.
pub(super) fn refused(server: &str, status: StatusCode, body: &[u8]) -> Refusal {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    problem.and_then(Problem::refusal).unwrap_or_else(|| {
        outside(format!("{server} answered {status} without saying why"))
            .way_out("check that a tagout server listens there, and not something else")
    })
}

/// The refusal for an answer that is not what the command asked for.
pub(super) fn strange_answer(server: &str, error: &serde_json::Error) -> Refusal {
    outside(format!("the answer of {server} cannot be read: {error}"))
        .way_out("use the command line and the server of one version")
}

fn not_there(server: &str) -> Refusal {
    outside(format!("no server listens at {server}")).way_out("start `tagout serve`")
}

fn outside(what: String) -> Refusal {
    Refusal::new(Class::Outside, "server", what)
}
