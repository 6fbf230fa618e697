//! How the clock stands to the ledger. Whether that is right is for the rules to say.
//!
//! Not the last entry counts but the latest: whoever sets the clock back and signs in has made the last entry.

use basis::{Span, Time};
use ledger::entry::Entry;

use crate::{Organisation, StorageError, Tx, View};

/// The event by which two people accept the record as it stands, a clock that ran ahead among it.
const ACCEPTED_BY: &str = "history.recovered";

/// The latest time of all entries up to `entry`, where `latest` is that of those before it. A recovery begins anew.
pub(crate) fn latest_with(latest: Option<Time>, entry: &Entry) -> Option<Time> {
    let begins_anew = entry.event_type.as_str() == ACCEPTED_BY;
    latest.filter(|_| !begins_anew).max(Some(entry.time))
}

/// The same of the first `size` entries, read one by one.
pub(crate) fn latest_of(view: &View<'_>, size: u64) -> Result<Option<Time>, StorageError> {
    let mut latest = None;
    view.each_ledger_record(0, size, |record| {
        latest = latest_with(latest, &record.parse()?);
        Ok(())
    })?;
    Ok(latest)
}

impl View<'_> {
    /// The latest time that stands in the ledger; none in an empty one. As long as no entry was made later than this, a
    /// clock that shows less was set back.
    pub fn latest_entry_time(&self) -> Result<Option<Time>, StorageError> {
        let head = self.one(include_str!("sql/read_latest.sql"), &[], |row| {
            row.time_if("latest_at")
        })?;
        match head {
            Some(None) => latest_of(self, self.ledger_size()?),
            latest => Ok(latest.flatten()),
        }
    }
}

/// How far `now` lies before `latest`; none where it does not.
fn behind(now: Time, latest: Option<Time>) -> Option<Span> {
    let later = latest.filter(|latest| now < *latest);
    later.map(|latest| latest.since(now))
}

impl Tx<'_> {
    /// How far the clock stands before the latest entry, those of this transaction among them; none where it does not.
    pub fn clock_behind(&self) -> Option<Span> {
        behind(self.organisation().now(), self.latest())
    }
}

impl Organisation {
    /// How far the clock stands before the latest entry that `view` sees; none where it does not.
    pub fn clock_behind(&self, view: &View<'_>) -> Result<Option<Span>, StorageError> {
        Ok(behind(self.now(), view.latest_entry_time()?))
    }
}
