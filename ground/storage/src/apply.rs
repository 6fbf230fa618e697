//! From events to rows: the one way in which a room's tables change.

use std::collections::BTreeMap;
use std::ops::Deref;

use basis::{Authentication, PersonId, Subject, Time};
use ledger::events::Event;
use rusqlite::Connection;

use crate::{DataError, Migration, StorageError, Value, View};

/// What an apply function is told about the entry that carries its event.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Index of the entry in the ledger.
    pub index: u64,
    /// What the entry is about.
    pub subject: Subject,
    /// Who acted.
    pub actor: PersonId,
    /// How they proved who they are.
    pub authentication: Authentication,
    /// The clock's time of the entry.
    pub time: Time,
}

/// Writes the tables of a room. Only apply functions are handed one, so nothing else can write them.
pub struct Tables<'c> {
    view: View<'c>,
}

impl<'c> Tables<'c> {
    pub(crate) fn of(connection: &'c Connection) -> Self {
        Self {
            view: View::of(connection),
        }
    }

    /// Carries out one statement; answers how many rows it touched.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<usize, StorageError> {
        let mut statement = self.view.connection.prepare_cached(sql)?;
        crate::value::bind(&mut statement, values)?;
        Ok(statement.raw_execute()?)
    }
}

impl<'c> Deref for Tables<'c> {
    type Target = View<'c>;
    fn deref(&self) -> &View<'c> {
        &self.view
    }
}

type Apply = dyn Fn(&Tables<'_>, &Stamp, &[u8]) -> Result<(), StorageError> + Send + Sync;

/// What a room makes in its own tables of an event of a room before it.
///
/// It is called when that room's tables already say what the event made of them, so it looks there and never into the
/// event, whose shape is the other room's own.
pub type Follow = fn(&Tables<'_>, &Stamp) -> Result<(), StorageError>;

/// That a room follows an event of a room before it.
#[derive(Debug, Clone, Copy)]
pub struct Follower {
    /// The type of event, in every version.
    pub event_type: &'static str,
    /// The migration with which this came. Where it was not applied yet, every table is made again from the events, so that
    /// what happened before is followed as well.
    pub since: &'static str,
    /// What follows.
    pub follow: Follow,
}

/// One version of one type of event and what becomes of it in the tables.
pub struct EventKind {
    pub(crate) event_type: &'static str,
    pub(crate) version: u64,
    pub(crate) free_text: &'static [&'static str],
    pub(crate) is_decided_by: bool,
    apply: Box<Apply>,
}

impl EventKind {
    /// The kind of event `E`, carried into the tables by `apply`.
    pub fn of<E: Event + 'static>(apply: fn(&Tables<'_>, &Stamp, E) -> Result<(), StorageError>) -> Self {
        let decode_and_apply = move |tables: &Tables<'_>, stamp: &Stamp, payload: &[u8]| {
            let event: E = serde_json::from_slice(payload).map_err(|error| DataError {
                place: format!("payload of entry {} ({})", stamp.index, E::TYPE),
                what: error.to_string(),
            })?;
            apply(tables, stamp, event)
        };
        Self {
            event_type: E::TYPE,
            version: E::VERSION.into(),
            free_text: E::FREE_TEXT,
            is_decided_by: true,
            apply: Box::new(decode_and_apply),
        }
    }

    /// The same kind, said to be one that no rule ever looks at: it leaves what is [remembered](crate::Organisation::remember)
    /// as it was.
    #[must_use]
    pub fn no_rule_looks_at(mut self) -> Self {
        self.is_decided_by = false;
        self
    }

    /// Carries one event into the tables of its room.
    fn apply(&self, connection: &Connection, stamp: &Stamp, payload: &[u8]) -> Result<(), StorageError> {
        (self.apply)(&Tables::of(connection), stamp, payload)
    }

    /// The type's name, such as `changes.submitted`.
    pub fn event_type(&self) -> &'static str {
        self.event_type
    }
}

/// Every kind of event and every migration of the program, collected once by the roof.
#[derive(Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, BTreeMap<u64, EventKind>>,
    followers: BTreeMap<&'static str, Vec<Follower>>,
    pub(crate) migrations: Vec<Migration>,
}

impl Registry {
    /// A registry without rooms.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a room: its migrations in order, and its kinds of event.
    ///
    /// # Panics
    /// When two rooms claim one kind of event: a mistake in the program's own list.
    #[must_use]
    pub fn room(mut self, migrations: &[Migration], kinds: Vec<EventKind>) -> Self {
        self.migrations.extend_from_slice(migrations);
        for kind in kinds {
            let (name, version) = (kind.event_type, kind.version);
            let versions = self.kinds.entry(name).or_default();
            assert!(
                versions.insert(version, kind).is_none(),
                "event {name} version {version} stands twice in the registry"
            );
        }
        self
    }

    /// Adds what the room that was added last follows.
    ///
    /// # Panics
    /// When no room before it has such an event: a mistake in the program's own list.
    #[must_use]
    pub fn following(mut self, followers: &[Follower]) -> Self {
        for follower in followers {
            let event_type = follower.event_type;
            assert!(
                self.kinds.contains_key(event_type),
                "event {event_type} is followed and no room before has it"
            );
            self.followers.entry(event_type).or_default().push(*follower);
        }
        self
    }

    /// Carries one event into the tables: of its own room first, then of those that follow it, in the order of the rooms.
    pub(crate) fn apply(
        &self,
        connection: &Connection,
        stamp: &Stamp,
        (event_type, version): (&str, u64),
        payload: &[u8],
    ) -> Result<(), StorageError> {
        self.kind(event_type, version)?
            .apply(connection, stamp, payload)?;
        let mut followers = self.followers.get(event_type).into_iter().flatten();
        followers.try_for_each(|follower| (follower.follow)(&Tables::of(connection), stamp))
    }

    /// Whether one of these migrations brings a room that follows what may have happened before.
    pub(crate) fn follows_since(&self, migrations: &[&str]) -> bool {
        let mut followers = self.followers.values().flatten();
        followers.any(|follower| migrations.contains(&follower.since))
    }

    /// The types of event the program knows, each with its version.
    pub fn event_types(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let kinds = self.kinds.iter();
        kinds.flat_map(|(name, versions)| versions.keys().map(|version| (*name, *version)))
    }

    pub(crate) fn kind(&self, event_type: &str, version: u64) -> Result<&EventKind, StorageError> {
        let versions = self.kinds.get(event_type);
        versions
            .and_then(|versions| versions.get(&version))
            .ok_or_else(|| {
                DataError {
                    place: format!("event `{event_type}` version {version}"),
                    what: "this program does not know it; a newer program wrote it".to_owned(),
                }
                .into()
            })
    }
}
