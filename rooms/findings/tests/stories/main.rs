//! Stories of findings against a real organisation in a folder of its own.

mod browsing;
mod feeds;
mod house;
mod matching;
mod ranks;
mod real_files;
mod scans;
