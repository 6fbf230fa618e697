//! The policy: one versioned document of rules in force, and the verdicts that follow from it.
//!
//! Every other room asks here whether something may be done and gets an answer that cites paragraphs. No number
//! of the policy (hours, counts, shares) is ever a constant in code, here or elsewhere. What a change, a permit or
//! a run *is* lives in their own rooms: they hand over plain facts and learn nothing but the answer.

pub mod rules;

pub use rules::*;
