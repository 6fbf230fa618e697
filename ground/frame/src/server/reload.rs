//! Taking a new certificate without a restart: when its files changed, and at SIGHUP.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use basis::{Clock, Refusal, SystemClock};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Interval, interval};

use super::limits::{CERTIFICATE_LOOK_EVERY, CERTIFICATE_LOOKS_TO_WARNING};
use super::log;
use crate::tls::{Certificates, Facts};

/// Looks at the files now and then, for as long as it is polled. A certificate that is not taken is logged, and the one
/// in use stays.
pub(super) async fn watch(certificates: Arc<Certificates>) {
    // Without the signal the files are still looked at.
    let mut hangup = signal(SignalKind::hangup()).ok();
    let mut rounds = interval(CERTIFICATE_LOOK_EVERY);
    let mut count: u32 = 0;
    loop {
        let reason = next(&mut hangup, &mut rounds).await;
        if matches!(reason, Reason::Time) {
            if count.is_multiple_of(CERTIFICATE_LOOKS_TO_WARNING) {
                warn(&certificates);
            }
            count = count.wrapping_add(1);
        }
        let certificates = Arc::clone(&certificates);
        // Files may lie on a disk that makes one wait.
        let _ = tokio::task::spawn_blocking(move || {
            let now = SystemClock.now();
            let outcome = match reason {
                Reason::Asked => Some(certificates.reload(now)),
                Reason::Time => certificates.reload_if_changed(now),
            };
            outcome.iter().for_each(tell);
        })
        .await;
    }
}

enum Reason {
    /// SIGHUP came.
    Asked,
    /// It is time to look again.
    Time,
}

async fn next(hangup: &mut Option<Signal>, rounds: &mut Interval) -> Reason {
    poll_fn(|context| {
        if let Some(signal) = hangup
            && signal.poll_recv(context).is_ready()
        {
            return Poll::Ready(Reason::Asked);
        }
        rounds.poll_tick(context).map(|_| Reason::Time)
    })
    .await
}

fn tell(outcome: &Result<Facts, Refusal>) {
    let now = SystemClock.now();
    match outcome {
        Ok(facts) => {
            let what = format!(
                "{} is in use now; it holds until {}",
                facts.fingerprint, facts.ends
            );
            log::notice(now, "certificate", &what);
        }
        Err(refusal) => log::notice(now, "certificate refused", &refusal.to_string()),
    }
}

fn warn(certificates: &Certificates) {
    let now = SystemClock.now();
    if let Some(warning) = certificates.facts().warning_at(now) {
        log::notice(now, "certificate", &warning);
    }
}
