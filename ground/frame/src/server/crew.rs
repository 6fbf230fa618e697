//! The bounded crew of threads that runs the functions of rooms.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use basis::{Class, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::Refused;
use super::panics;

/// Runs work on threads that may wait, a limited number at once, with a limited queue.
pub(super) struct Crew {
    seats: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
    wait_max: Duration,
}

/// How work ended that did not end well.
pub(super) enum Failed {
    /// It never began.
    TurnedAway(Refused),
    /// It panicked with this message.
    Panicked(String),
}

impl Crew {
    /// A crew that does `at_once` things at once, lets `waiting_max` wait, and none longer than `wait_max`.
    pub(super) fn new(at_once: usize, waiting_max: usize, wait_max: Duration) -> Self {
        Self {
            seats: Arc::new(Semaphore::new(at_once)),
            waiting: AtomicUsize::new(0),
            waiting_max,
            wait_max,
        }
    }

    /// Runs `work`. Once begun it runs to its end, even when the asker hangs up.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failed> {
        let seat = self.seat().await.map_err(Failed::TurnedAway)?;
        let running = tokio::task::spawn_blocking(move || {
            let outcome = panics::caught(work);
            drop(seat);
            outcome
        });
        match running.await {
            Ok(outcome) => outcome.map_err(Failed::Panicked),
            Err(error) => Err(Failed::Panicked(error.to_string())),
        }
    }

    async fn seat(&self) -> Result<OwnedSemaphorePermit, Refused> {
        if let Ok(seat) = Arc::clone(&self.seats).try_acquire_owned() {
            return Ok(seat);
        }
        let _place = Place::take(&self.waiting, self.waiting_max).ok_or_else(busy)?;
        match tokio::time::timeout(self.wait_max, Arc::clone(&self.seats).acquire_owned()).await {
            Ok(Ok(seat)) => Ok(seat),
            _ => Err(busy()),
        }
    }
}

/// A place in the queue, given up when the asker is served or hangs up.
struct Place<'c>(&'c AtomicUsize);

impl<'c> Place<'c> {
    fn take(waiting: &'c AtomicUsize, waiting_max: usize) -> Option<Self> {
        let joined = waiting.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| {
            (count < waiting_max).then_some(count + 1)
        });
        joined.is_ok().then_some(Place(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn busy() -> Refused {
    Refused::with_status(
        Refusal::new(
            Class::Limit,
            "queue",
            "the server has more requests than it can take",
        )
        .way_out("try again in a few seconds"),
        503,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn one_more_than_the_queue_holds_is_turned_away() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_time()
            .build()
            .unwrap();
        let crew = Arc::new(Crew::new(1, 1, Duration::from_secs(60)));
        let (go, wait) = channel::<()>();
        let (tell, told) = channel::<()>();
        let run = |work: Box<dyn FnOnce() + Send>| {
            let crew = Arc::clone(&crew);
            runtime.spawn(async move { crew.run(work).await.is_ok() })
        };
        let first = run(Box::new(move || {
            tell.send(()).unwrap();
            wait.recv().unwrap();
        }));
        told.recv().unwrap();
        let second = run(Box::new(|| ()));
        while crew.waiting.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        let third = run(Box::new(|| ()));
        assert!(!runtime.block_on(third).unwrap(), "the third found a place");
        go.send(()).unwrap();
        assert!(runtime.block_on(first).unwrap());
        assert!(runtime.block_on(second).unwrap());
        assert!(runtime.block_on(run(Box::new(|| ()))).unwrap());
    }

    #[test]
    fn a_panic_gives_its_seat_back() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let crew = Crew::new(1, 1, Duration::from_secs(60));
        let broken = runtime.block_on(crew.run(|| panic!("broken")));
        assert!(matches!(broken, Err(Failed::Panicked(_))));
        assert!(runtime.block_on(crew.run(|| ())).is_ok());
    }
}
