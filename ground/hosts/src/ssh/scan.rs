//! Asks a host for its keys, at enrolment only: what it answers proves nothing until a person has confirmed it.

use std::process::Stdio;
use std::time::Duration;

use crate::HostError;
use crate::reach::{HostKey, checked_address};
use crate::run::runtime;

/// How long a host may take to show its keys.
const SCAN_TIMEOUT: Duration = Duration::from_secs(10);
/// Most keys that we read; a host has one of each kind.
const KEYS_MAX: usize = 16;

/// Asks `address` for its host keys, best kind first. For a person to compare with what the machine's own console
/// shows; never to be trusted by itself.
///
/// # Errors
/// [`HostError::Unreachable`] if nothing answers, [`HostError::Unusable`] for a bad address.
pub fn scan_host_key(address: &str, port: u16) -> Result<Vec<HostKey>, HostError> {
    let address = checked_address(address)?;
    let mut command = tokio::process::Command::new("ssh-keyscan");
    command.args([
        "-T",
        &SCAN_TIMEOUT.as_secs().to_string(),
        "-p",
        &port.to_string(),
        "--",
        address,
    ]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("LC_ALL", "C");
    command.kill_on_drop(true);
    let output = runtime()?
        .block_on(async { tokio::time::timeout(SCAN_TIMEOUT * 2, command.output()).await })
        .map_err(|_| HostError::TimedOut {
            what: "asking for the host's keys".to_owned(),
            limit: SCAN_TIMEOUT * 2,
        })?
        .map_err(HostError::here("start `ssh-keyscan`"))?;
    let keys = read_keys(&String::from_utf8_lossy(&output.stdout));
    if keys.is_empty() {
        return Err(HostError::Unreachable {
            detail: no_key(&String::from_utf8_lossy(&output.stderr)),
        });
    }
    Ok(keys)
}

fn no_key(complaints: &str) -> String {
    match super::complaint::last_line(complaints) {
        line if line.is_empty() || line.starts_with('#') => "no host key was offered".to_owned(),
        line => line,
    }
}

fn read_keys(text: &str) -> Vec<HostKey> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let keys = lines.filter_map(|line| HostKey::parse(line.split_once(' ')?.1).ok());
    let mut keys: Vec<HostKey> = keys.take(KEYS_MAX).collect();
    keys.sort_by_key(|key| HostKey::KINDS.iter().position(|kind| *kind == key.kind()));
    keys
}
