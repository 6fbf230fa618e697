//! Who waits for the disk, up to which act everything is on it, and whether writing has stopped.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Thread};

use crate::StorageError;

#[derive(Default)]
struct Waiting {
    /// Each with the number of its act.
    threads: Vec<(u64, Thread)>,
    stopped: Option<String>,
}

/// The acts that have been acknowledged.
///
/// Whoever waits sleeps by itself instead of on a shared condition: dozens that are woken at once would queue for its lock.
#[derive(Default)]
pub(crate) struct Acknowledged {
    upto: AtomicU64,
    waiting: Mutex<Waiting>,
}

impl Acknowledged {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub(crate) fn check_not_stopped(&self) -> Result<(), StorageError> {
        match &self.waiting().stopped {
            Some(why) => Err(StorageError::Stopped(why.clone())),
            None => Ok(()),
        }
    }

    /// Stops writing for good, and tells everybody whose act is not on disk.
    pub(crate) fn stop(&self, why: &StorageError) {
        let mut waiting = self.waiting();
        waiting.stopped.get_or_insert_with(|| why.to_string());
        let threads = std::mem::take(&mut waiting.threads);
        drop(waiting);
        threads.iter().for_each(|(_, thread)| thread.unpark());
    }

    /// Tells everybody whose act has this number or a lower one that it is on disk.
    pub(crate) fn tell(&self, upto: u64) {
        self.upto.fetch_max(upto, Ordering::SeqCst);
        let mut waiting = self.waiting();
        let told: Vec<_> = waiting
            .threads
            .extract_if(.., |(ticket, _)| *ticket <= upto)
            .collect();
        drop(waiting);
        told.iter().for_each(|(_, thread)| thread.unpark());
    }

    fn is_told(&self, ticket: u64) -> bool {
        self.upto.load(Ordering::SeqCst) >= ticket
    }

    /// Waits until the act numbered `ticket` is on disk.
    pub(crate) fn wait_for(&self, ticket: u64) -> Result<(), StorageError> {
        if self.is_told(ticket) {
            return Ok(());
        }
        let mut waiting = self.waiting();
        waiting.threads.push((ticket, thread::current()));
        // Looked at under the lock, so that whoever tells comes either before this or after the thread stands in the list. A
        // thread can be woken for another reason, so being woken says nothing.
        while !self.is_told(ticket) {
            if let Some(why) = &waiting.stopped {
                let in_doubt = StorageError::InDoubt(why.clone());
                waiting.threads.retain(|(other, _)| *other != ticket);
                return Err(in_doubt);
            }
            drop(waiting);
            thread::park();
            if self.is_told(ticket) {
                return Ok(());
            }
            waiting = self.waiting();
        }
        waiting.threads.retain(|(other, _)| *other != ticket);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_told_of_their_act_and_never_of_a_later_one() {
        let acknowledged = Acknowledged::default();
        acknowledged.tell(1);
        acknowledged.wait_for(1).unwrap();
        thread::scope(|scope| {
            let acknowledged = &acknowledged;
            let waiters = [2, 3, 4].map(|ticket| scope.spawn(move || acknowledged.wait_for(ticket)));
            acknowledged.tell(3);
            acknowledged.stop(&StorageError::Event("the disk is gone".to_owned()));
            let told = waiters.map(|waiter| waiter.join().unwrap().is_ok());
            assert_eq!(told, [true, true, false]);
        });
        assert!(acknowledged.check_not_stopped().is_err());
        assert!(acknowledged.waiting().threads.is_empty());
        // What was on disk before it stopped stays so.
        acknowledged.wait_for(3).unwrap();
        assert!(matches!(acknowledged.wait_for(5), Err(StorageError::InDoubt(_))));
        assert!(acknowledged.waiting().threads.is_empty());
    }
}
