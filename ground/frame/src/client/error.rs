//! From what went wrong on the way, or what the server refused, to a refusal.

use std::path::Path;

use basis::{Class, Refusal};
use ureq::http::StatusCode;

use super::trust::{Distrust, Why};
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
        ureq::Error::Io(io) if tls_error(io).is_some() => {
            not_secured(server, tls_error(io).unwrap_or(&rustls::Error::DecryptError))
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

/// The refusal for a file of authorities that holds something else.
pub(super) fn no_authority(path: &Path, error: &rustls::Error) -> Refusal {
    let what = format!(
        "`{}` holds a certificate that cannot vouch for others: {error}",
        path.display()
    );
    Refusal::new(Class::Invalid, "certificate", what)
        .way_out("name the file of your authority's own certificate")
}

/// The refusal for a program that cannot do TLS at all.
pub(super) fn unusable_module(error: &rustls::Error) -> Refusal {
    Refusal::new(
        Class::Fault,
        "tls",
        format!("the cryptographic module cannot do TLS: {error}"),
    )
    .way_out("report how the program was built")
}

fn tls_error(io: &std::io::Error) -> Option<&rustls::Error> {
    io.get_ref()?.downcast_ref()
}

fn not_secured(server: &str, error: &rustls::Error) -> Refusal {
    if let rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) = error
        && let Some(distrust) = other.0.downcast_ref::<Distrust>()
    {
        return distrusted(server, distrust);
    }
    match error {
        rustls::Error::InvalidMessage(_) => outside(format!("what listens at {server} does not speak TLS"))
            .way_out("on the server's own machine write `http://`, or start it with `tagout serve --https`"),
        other => outside(format!("no secure connection to {server} came about: {other}"))
            .way_out("use the command line and the server of one version"),
    }
}

/// The refusal for a server that is not believed: which certificate it showed, and how one can come to believe it.
fn distrusted(server: &str, distrust: &Distrust) -> Refusal {
    let seen = distrust.seen;
    let refusal = |what: String| Refusal::new(Class::Outside, "server identity", what);
    match &distrust.why {
        Why::Other { pinned } => refusal(format!(
            "{server} has the certificate {seen}, and your sign-in is for the server with {pinned}"
        ))
        .way_out("somebody may stand between you and the server: ask its operator, by another way, what `tagout serve` prints")
        .way_out(format!(
            "if the operator made a new certificate, sign in anew: `tagout login --server {server} --server-fingerprint {seen}`"
        )),
        Why::NobodyVouches => refusal(format!(
            "nobody vouches for the certificate of {server}, which is {seen}"
        ))
        .way_out(format!(
            "compare it with what `tagout serve` printed there, or `tagout doctor`; if it is the same, add \
             `--server-fingerprint {seen}`, which `tagout login` keeps"
        ))
        .way_out("or name the certificate of your own authority with `--server-ca`"),
        Why::NotNow(fault) => refusal(format!("{server}: {fault}"))
            .way_out("compare the clocks of both machines; if they are right, the server needs a new certificate"),
        Why::OtherName { names } if names.is_empty() => refusal(format!(
            "the certificate of {server}, {seen}, is for no host name at all"
        ))
        .way_out("have one issued with the server's name in it"),
        Why::OtherName { names } => refusal(format!(
            "the certificate of {server}, {seen}, is for {}",
            names.join(", ")
        ))
        .way_out("write the address with one of these names, or have a certificate issued for the one you use"),
        Why::Unsound(error) => refusal(format!("the certificate of {server}, {seen}, is no good: {error}"))
            .way_out("the server needs another certificate"),
    }
}

fn not_there(server: &str) -> Refusal {
    outside(format!("no server listens at {server}")).way_out("start `tagout serve`")
}

fn outside(what: String) -> Refusal {
    Refusal::new(Class::Outside, "server", what)
}
