//! What makes a finding, what proves it gone, when it is due and how it ranks: plain functions of what they are told.

mod acts;
mod clocks;
mod coverage;
mod dates;
mod events;
mod hosts_of_report;
mod identity;
mod inventory;
mod judge;
mod known;
mod output;
mod priority;
mod rating;
mod recognise;
mod restart;
mod sighting;

pub use acts::{Import, Match, Read};
pub use clocks::{Due, due, is_late};
pub use coverage::{ScanReach, by_match, by_scan};
pub use dates::{day, scanned_at};
pub use events::*;
pub use hosts_of_report::{Directory, Matching};
pub use identity::{
    CheckKey, FeedId, FindingId, Location, MatchId, NAME_CHARS_MAX, ScanId, Vulnerability, one_line,
};
pub use inventory::Inventory;
pub use judge::{Gone, Judgement, Look, Outcome, judge};
pub use known::{Finding, KnownCheck, State};
pub use priority::{DUE_SOON, Priority, asset_points, priority, standing_points, weights};
pub use rating::{Rated, RatedBy, weight};
pub use restart::missing_restart;
pub use sighting::{Matched as MatchedAdvisory, ScanOfHost, Sighting, of_advisory, of_item};
