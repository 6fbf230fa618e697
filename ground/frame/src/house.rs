//! What every handler is handed: the organisation, the gatekeeper and the bell.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use basis::{Actor, Refusal, Time};
use storage::Organisation;

use crate::pages::{Introduction, Web};

/// What the doors share. One house serves one organisation.
pub struct House {
    /// The organisation's records.
    pub organisation: Arc<Organisation>,
    /// Knows who holds which token.
    pub gatekeeper: Arc<dyn Gatekeeper>,
    /// Rings when an act has left work for the background.
    pub bell: Bell,
    /// How the pages are reached.
    pub web: Web,
}

/// Knows people by their tokens. The room `people` is the one that does; the frame must not depend on a room.
///
/// Called for every request, from many threads at once, and may read the organisation's database.
pub trait Gatekeeper: Send + Sync {
    /// Answers who holds this bearer token now.
    ///
    /// # Errors
    /// A refusal of class `Unauthenticated` when nobody does, in the same words whether the token is unknown, expired or
    /// revoked.
    fn identify(&self, organisation: &Organisation, token: &str) -> Result<Actor, Refusal>;

    /// When the credential of this number was last shown at the door; nothing where it was not, or where the gatekeeper
    /// keeps no memory of it.
    fn last_used(&self, _credential: u64) -> Option<Time> {
        None
    }

    /// Answers the same as [`Gatekeeper::identify`], but does not count as a use of the sign-in: a page that fetches part of
    /// itself anew keeps nobody signed in.
    ///
    /// # Errors
    /// Like [`Gatekeeper::identify`].
    fn glance(&self, organisation: &Organisation, token: &str) -> Result<Actor, Refusal> {
        self.identify(organisation, token)
    }

    /// Refuses who may not do the act of this name on anything at all, by the authority table in force. Asked before a
    /// request is read; the act itself asks again, about the very thing.
    ///
    /// # Errors
    /// A refusal of class `Forbidden` that names the roles which could.
    fn admit(&self, organisation: &Organisation, actor: &Actor, act: &str) -> Result<(), Refusal>;

    /// Says who this is, for the frame of every page.
    ///
    /// # Errors
    /// A refusal of class `Fault` when the records cannot be read.
    fn introduce(&self, organisation: &Organisation, actor: &Actor) -> Result<Introduction, Refusal>;
}

/// Stands in a route's row for the name of an act where everybody who has signed in may do it, on what is their own.
pub const ANYBODY: &str = "anybody";

/// Tells waiting workers that there may be work. A ring that nobody waited for is kept for the next who waits.
#[derive(Debug, Clone, Default)]
pub struct Bell {
    shared: Arc<(Mutex<bool>, Condvar)>,
}

impl Bell {
    /// A bell that has not rung.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rings: wakes one who waits. Rings that meet nobody add up to one.
    pub fn ring(&self) {
        let (rung, changed) = &*self.shared;
        *rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_one();
    }

    /// Waits until the bell rings, at most `timeout`. Answers whether it rang.
    pub fn wait(&self, timeout: Duration) -> bool {
        let (rung, changed) = &*self.shared;
        let rung = rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rung, _) = changed
            .wait_timeout_while(rung, timeout, |rung| !*rung)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *rung)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_that_nobody_waited_for_are_kept_as_one() {
        let bell = Bell::new();
        bell.ring();
        bell.ring();
        assert!(bell.wait(Duration::ZERO));
        assert!(!bell.wait(Duration::ZERO));
    }

    #[test]
    fn a_ring_wakes_another_thread() {
        let bell = Bell::new();
        let far_end = bell.clone();
        let waiter = std::thread::spawn(move || far_end.wait(Duration::from_secs(60)));
        bell.ring();
        assert!(waiter.join().unwrap());
    }
}
