//! Tests of the policy's rules, as a later room sees them.

mod approve;
mod close;
mod house;
mod monotony;
mod reading;
mod schedule;
mod shipped;
mod submit;
mod terms;
mod work;
