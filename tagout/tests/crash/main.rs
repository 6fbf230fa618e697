//! Crash proofs with the real program: it is killed, cut off from its disk and lied to, and must lose nothing it acknowledged
//! and name whatever was changed behind its back.

mod disk;
mod kill;
mod load;
mod mounted;
mod power;
mod site;
mod tamper;
