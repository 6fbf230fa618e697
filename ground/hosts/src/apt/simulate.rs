//! Asks apt what a change would do, without doing it.

use std::time::Duration;

use super::lines::{Simulation, read_simulation};
use super::work::Apply;
use crate::{Command, Host, HostError};

/// A simulation reads all package lists.
const SIMULATE_TIMEOUT: Duration = Duration::from_secs(180);

/// Asks apt what `change` would do on this host now, without root and without a lock.
///
/// # Errors
/// As [`Host::run`]. That apt would refuse is no error but part of the answer.
pub fn simulate(host: &Host, change: &Apply) -> Result<Simulation, HostError> {
    let mut words = vec![
        "apt-get".to_owned(),
        "-s".to_owned(),
        "-o".to_owned(),
        "Debug::NoLocking=1".to_owned(),
    ];
    words.extend(change.arguments());
    let output = host.run(&Command::new(words).timeout(SIMULATE_TIMEOUT))?;
    let simulation = read_simulation(&output.text(), &String::from_utf8_lossy(&output.stderr));
    // apt says why it refuses; a failure without a reason is no answer.
    if !output.exit.is_success() && simulation.refusals.is_empty() {
        output.success("simulating the change")?;
    }
    Ok(simulation)
}
