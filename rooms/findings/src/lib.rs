//! Findings: vulnerabilities on assets, what told of them, since when, how urgent they are, and the proof that they are
//! gone.
//!
//! A finding opens from a scan or from an advisory that speaks of an installed package, and it goes only by proof. What
//! is done about it is a change; what may stay as it is, and for how long, is for the policy. Nothing here reaches a
//! machine or fetches anything from a network, and nothing here ever will.

mod acts;
mod api;
mod commands;
mod pages;
mod rules;
mod store;

use frame::Routes;
use storage::{EventKind, Follower, Migration};

pub use acts::{
    Figures, Filter, Import, ListChange, Loaded, MatchOutcome, Ranked, Shown, browse, feeds, figures,
    import_nessus, list, load_advisories, load_exploited, mark_ticketed, match_asset, match_assets,
    priorities, release, scans, show,
};
pub use commands::FindingCommand;
pub use rules::{
    CheckKey, Counts, Due, FeedId, Finding, FindingId, KnownCheck, Location, MatchId, Priority, Rated,
    RatedBy, ScanId, Sighting, State, Vulnerability,
};
pub use store::{
    Clock, DueCounts, FixCounts, HistoryRow, LoadedFeed, ScanRow, Selection, find, has_any, of_asset,
    of_change, open_on, rescan_of,
};

/// The acts of this room, each with a row in the authority table.
pub const ACTS: &[&str] = &["findings.import", "findings.match", "findings.read"];

/// The room's tables.
pub fn migrations() -> &'static [Migration] {
    &[
        Migration {
            name: "findings/0001",
            sql: include_str!("../migrations/0001_findings.sql"),
        },
        Migration {
            name: "findings/0002",
            sql: include_str!("../migrations/0002_ranking.sql"),
        },
        Migration {
            name: "findings/0003",
            sql: include_str!("../migrations/0003_kept_rank.sql"),
        },
        Migration {
            name: "findings/0004",
            sql: include_str!("../migrations/0004_few.sql"),
        },
    ]
}

/// The room's events and what becomes of them.
pub fn events() -> Vec<EventKind> {
    store::events()
}

/// The events of assets and policy that move the rank of findings.
pub fn followed() -> &'static [Follower] {
    store::FOLLOWED
}

/// The room's routes.
pub fn routes() -> Routes {
    api::routes()
}
