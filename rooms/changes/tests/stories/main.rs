//! Stories of changes against a real organisation, with signatures made by the operating system's `ssh-keygen`.

mod adoption;
mod browser;
mod calendar;
mod emergency;
mod fallen;
mod house;
mod life;
mod next;
mod ordinary;
mod pages;
mod signing;
mod waiting;
