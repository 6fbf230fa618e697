//! What was made of a snapshot, kept until an event that rules look at is recorded.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Organisation, StorageError, View};

/// How many values are kept. A value may be a whole change with its assets, so this bounds the memory.
const KEPT_MAX: usize = 256;

/// Up to which event something was known: a count of events, those left out that no rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsOf(pub(crate) u64);

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Default)]
struct Kept {
    as_of: u64,
    values: HashMap<(TypeId, String), Arc<dyn Any + Send + Sync>>,
}

/// The values kept, all of one age, and the age of what is on disk.
#[derive(Default)]
pub(crate) struct Memory {
    on_disk: AtomicU64,
    kept: Mutex<Kept>,
}

impl Memory {
    /// Tells which events are on disk. Called after the flush, before anybody is acknowledged.
    pub(crate) fn tell_on_disk(&self, as_of: AsOf) {
        self.on_disk.fetch_max(as_of.0, Ordering::SeqCst);
    }

    fn on_disk(&self) -> AsOf {
        AsOf(self.on_disk.load(Ordering::SeqCst))
    }

    fn get<T: Any + Send + Sync>(&self, as_of: AsOf, name: &str) -> Option<Arc<T>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_of != as_of.0 {
            return None;
        }
        let value = kept.values.get(&(TypeId::of::<T>(), name.to_owned()))?;
        Arc::clone(value).downcast().ok()
    }

    fn put<T: Any + Send + Sync>(&self, as_of: AsOf, name: &str, value: &Arc<T>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_of > as_of.0 {
            return;
        }
        if kept.as_of < as_of.0 || kept.values.len() >= KEPT_MAX {
            kept.values.clear();
            kept.as_of = as_of.0;
        }
        let value: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(value);
        kept.values.insert((TypeId::of::<T>(), name.to_owned()), value);
    }
}

impl Organisation {
    /// What `make` makes of what is on disk, or what it made when it was last asked, if no event has been recorded since that
    /// a rule looks at. `name` tells values of one type apart. Whoever decides by it in a transaction asks
    /// [`Tx::is_as_of`](crate::Tx::is_as_of) there. An error is not kept.
    pub fn remember<T: Any + Send + Sync, E: From<StorageError>>(
        &self,
        name: &str,
        make: impl FnOnce(&View<'_>) -> Result<T, E>,
    ) -> Result<(Arc<T>, AsOf), E> {
        // Asked before the snapshot begins: a value may be newer than its age, which only throws it away early, never older.
        let as_of = self.memory().on_disk();
        if let Some(value) = self.memory().get(as_of, name) {
            return Ok((value, as_of));
        }
        let value = Arc::new(self.view(make)?);
        self.memory().put(as_of, name, &value);
        Ok((value, as_of))
    }

    /// Up to which event everything is on disk. It moves on when something is recorded that a rule may look at.
    pub fn as_of(&self) -> AsOf {
        self.memory().on_disk()
    }
}
