//! Packages built, verified and bent: one test program, so that all share the sample.

mod bent_files;
mod bent_ledgers;
mod bent_passkeys;
mod mutations;
mod sample;
mod second_opinion;
mod verdicts;
