//! Who waits for the disk, who brings it there, up to which act everything is on it, and whether writing has stopped.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Thread};

use crate::StorageError;

#[derive(Default)]
struct Waiting {
    /// Each with the number of its act.
    threads: Vec<(u64, Thread)>,
    /// Whether somebody is bringing acts to the disk. One at a time does; what is finished meanwhile is the next one's.
    is_flushing: bool,
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

/// How waiting for an act ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// The act is on disk.
    OnDisk,
    /// Nobody is bringing anything to the disk: whoever waits must see to it, and wait again.
    NobodyFlushes,
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
        waiting.is_flushing = false;
        let threads = std::mem::take(&mut waiting.threads);
        drop(waiting);
        threads.iter().for_each(|(_, thread)| thread.unpark());
    }

    /// Takes it on to bring what is finished to the disk; not if somebody else is at it. Whoever took it on ends it with
    /// [`Acknowledged::flushed`] or [`Acknowledged::stop`].
    pub(crate) fn take_flushing(&self) -> bool {
        let mut waiting = self.waiting();
        !std::mem::replace(&mut waiting.is_flushing, true)
    }

    /// Tells everybody whose act has this number or a lower one that it is on disk.
    pub(crate) fn tell(&self, upto: u64) {
        self.upto.fetch_max(upto, Ordering::SeqCst);
        let told = self.waiting().take_told(upto);
        told.iter().for_each(|(_, thread)| thread.unpark());
    }

    /// Tells like [`Acknowledged::tell`], and leaves the next flush to others: to whoever comes by, or where `is_nobody_near`
    /// to one of those who wait.
    pub(crate) fn flushed(&self, upto: u64, is_nobody_near: impl FnOnce() -> bool) {
        self.upto.fetch_max(upto, Ordering::SeqCst);
        let mut waiting = self.waiting();
        waiting.is_flushing = false;
        let told = waiting.take_told(upto);
        // Whoever is not in the list yet will find, under the same lock, that nobody flushes.
        let next = waiting.threads.last().filter(|_| is_nobody_near());
        let next = next.map(|(_, thread)| thread.clone());
        drop(waiting);
        next.iter().for_each(Thread::unpark);
        told.iter().for_each(|(_, thread)| thread.unpark());
    }

    fn is_told(&self, ticket: u64) -> bool {
        self.upto.load(Ordering::SeqCst) >= ticket
    }

    /// Waits until the act numbered `ticket` is on disk, or until it is for this thread to see to it: where nobody flushes and
    /// `is_nobody_near` who will.
    pub(crate) fn wait_for(
        &self,
        ticket: u64,
        is_nobody_near: impl Fn() -> bool,
    ) -> Result<Waited, StorageError> {
        while !self.is_told(ticket) {
            let mut waiting = self.waiting();
            waiting.threads.retain(|(other, _)| *other != ticket);
            // Looked at under the lock, so that whoever tells comes either before this or after the thread stands in the list.
            if self.is_told(ticket) {
                break;
            }
            if let Some(why) = &waiting.stopped {
                return Err(StorageError::InDoubt(why.clone()));
            }
            if !waiting.is_flushing && is_nobody_near() {
                return Ok(Waited::NobodyFlushes);
            }
            waiting.threads.push((ticket, thread::current()));
            drop(waiting);
            // A thread can be woken for another reason, so being woken says nothing.
            thread::park();
        }
        Ok(Waited::OnDisk)
    }
}

impl Waiting {
    fn take_told(&mut self, upto: u64) -> Vec<(u64, Thread)> {
        let is_told = |(ticket, _): &mut (u64, Thread)| *ticket <= upto;
        self.threads.extract_if(.., is_told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(acknowledged: &Acknowledged, ticket: u64) -> Result<Waited, StorageError> {
        acknowledged.wait_for(ticket, || false)
    }

    #[test]
    fn whoever_waits_is_told_of_their_act_and_never_of_a_later_one() {
        let acknowledged = Acknowledged::default();
        acknowledged.tell(1);
        wait(&acknowledged, 1).unwrap();
        thread::scope(|scope| {
            let acknowledged = &acknowledged;
            let waiters = [2, 3, 4].map(|ticket| scope.spawn(move || wait(acknowledged, ticket)));
            acknowledged.tell(3);
            acknowledged.stop(&StorageError::Event("the disk is gone".to_owned()));
            let told = waiters.map(|waiter| waiter.join().unwrap().is_ok());
            assert_eq!(told, [true, true, false]);
        });
        assert!(acknowledged.check_not_stopped().is_err());
        assert!(acknowledged.waiting().threads.is_empty());
        // What was on disk before it stopped stays so.
        wait(&acknowledged, 3).unwrap();
        assert!(matches!(wait(&acknowledged, 5), Err(StorageError::InDoubt(_))));
        assert!(acknowledged.waiting().threads.is_empty());
    }

    #[test]
    fn one_at_a_time_flushes_and_of_those_who_wait_one_comes_next() {
        let acknowledged = Acknowledged::default();
        assert!(acknowledged.take_flushing());
        assert!(!acknowledged.take_flushing());
        thread::scope(|scope| {
            let (first, second) = (1, 2);
            let acknowledged = &acknowledged;
            let told = scope.spawn(move || acknowledged.wait_for(first, || true));
            let left = scope.spawn(move || acknowledged.wait_for(second, || true));
            acknowledged.flushed(first, || true);
            assert_eq!(told.join().unwrap().unwrap(), Waited::OnDisk);
            assert_eq!(left.join().unwrap().unwrap(), Waited::NobodyFlushes);
        });
        assert!(acknowledged.take_flushing());
    }
}
