//! Stories of changes against a real organisation, with signatures made by the operating system's `ssh-keygen`.

mod adoption;
mod emergency;
mod fallen;
mod house;
mod life;
mod ordinary;
mod signing;
