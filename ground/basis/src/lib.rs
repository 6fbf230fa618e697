//! What every room stands on: typed ids, time, chance, who acts, what they may do, and how a question is answered.
//!
//! Nothing of maintenance lives here, and nothing that reads a file, a socket or a table ever will.
//! The only code that looks at the world is [`SystemClock`] and [`SystemChance`].

mod actor;
mod authority;
mod chance;
mod id;
mod refusal;
mod time;
mod verdict;

pub use actor::{Actor, Authentication, Proven, Role};
pub use authority::{Act, Authority, AuthorityTable, UnknownRow};
pub use chance::{Chance, SeededChance, SystemChance};
pub use id::{Id, IdError, PersonId, Subject};
pub use refusal::{Class, Refusal};
pub use time::{Clock, FixedClock, Span, SystemClock, Time, TimeError};
pub use verdict::{RuleOutcome, Verdict};
