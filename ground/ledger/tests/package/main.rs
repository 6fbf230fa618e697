//! Packages built, verified and bent: one test program, so that all share the sample.

mod mutations;
mod sample;
mod second_opinion;
mod verdicts;
