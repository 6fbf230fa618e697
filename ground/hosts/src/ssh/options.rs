//! The options of every `ssh` call: what they allow is written here and nowhere else.

use std::ffi::OsString;
use std::path::Path;

use crate::HostError;
use crate::reach::{Target, Timeouts};

/// The name under which the pinned key stands in the known_hosts file, whatever the address and port are.
pub(crate) const PINNED_NAME: &str = "tagout-pinned";
/// A master that nobody uses ends by itself after this long, so that our sudden death leaves nothing running for ever.
const IDLE_S: u64 = 600;
/// A silent connection is asked this often within the silence that is allowed.
const ALIVE_QUESTIONS: u64 = 3;

/// Arguments of `ssh` for a master connection; the address comes last.
pub(crate) fn master_arguments(
    target: &Target,
    timeouts: Timeouts,
    folder: &Path,
) -> Result<Vec<OsString>, HostError> {
    let interval = (timeouts.silence.as_secs() / ALIVE_QUESTIONS).max(1);
    let known_hosts = quoted(&folder.join("known_hosts"))?;
    let identity = quoted(&target.identity_file)?;
    let settings = [
        // Who it is: only the pinned key, under a name of its own, and nothing learned on the way.
        "StrictHostKeyChecking=yes".to_owned(),
        format!("HostKeyAlias={PINNED_NAME}"),
        format!(
            "HostKeyAlgorithms={}",
            host_key_algorithms(target.pinned_host_key.kind())
        ),
        format!("UserKnownHostsFile={known_hosts}"),
        "GlobalKnownHostsFile=none".to_owned(),
        "CheckHostIP=no".to_owned(),
        "UpdateHostKeys=no".to_owned(),
        "VerifyHostKeyDNS=no".to_owned(),
        // Who we are: one key from one file, no agent, no questions.
        format!("IdentityFile={identity}"),
        "IdentitiesOnly=yes".to_owned(),
        "IdentityAgent=none".to_owned(),
        "AddKeysToAgent=no".to_owned(),
        "PreferredAuthentications=publickey".to_owned(),
        "BatchMode=yes".to_owned(),
        // Nothing but commands goes through.
        "ForwardAgent=no".to_owned(),
        "ForwardX11=no".to_owned(),
        "ClearAllForwardings=yes".to_owned(),
        "PermitLocalCommand=no".to_owned(),
        "Tunnel=no".to_owned(),
        "RequestTTY=no".to_owned(),
        "Compression=no".to_owned(),
        // A dead host is noticed.
        format!("ConnectTimeout={}", timeouts.connect.as_secs().max(1)),
        "ConnectionAttempts=1".to_owned(),
        format!("ServerAliveInterval={interval}"),
        format!("ServerAliveCountMax={ALIVE_QUESTIONS}"),
        format!("ControlPersist={IDLE_S}"),
        "LogLevel=INFO".to_owned(),
    ];
    let mut arguments: Vec<OsString> = ["-F", "none", "-M", "-N", "-f", "-E"].map(Into::into).into();
    arguments.push(folder.join("log").into());
    arguments.push("-S".into());
    arguments.push(socket(folder).into());
    for setting in settings {
        arguments.push("-o".into());
        arguments.push(setting.into());
    }
    let rest = [
        "-p",
        &target.port.to_string(),
        "-l",
        &target.user,
        "--",
        &target.address,
    ]
    .map(OsString::from);
    arguments.extend(rest);
    Ok(arguments)
}

/// Arguments of the call that ends a master.
pub(crate) fn exit_arguments(folder: &Path) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["-F", "none", "-O", "exit", "-S"].map(Into::into).into();
    arguments.push(socket(folder).into());
    arguments.push(PINNED_NAME.into());
    arguments
}

/// The control socket; the name is short because a socket's path has at most 107 bytes (unix(7)).
pub(crate) fn socket(folder: &Path) -> std::path::PathBuf {
    folder.join("m")
}

/// An RSA key signs with SHA-2 only.
fn host_key_algorithms(kind: &str) -> &str {
    match kind {
        "ssh-rsa" => "rsa-sha2-512,rsa-sha2-256",
        kind => kind,
    }
}

/// A path as ssh_config(5) reads it: in quotes, with `%` doubled.
fn quoted(path: &Path) -> Result<String, HostError> {
    let text = path.to_string_lossy();
    if text.contains(['"', '\n', '\\']) || path.to_str().is_none() {
        return Err(HostError::unusable(&text, "a path that `ssh` can read"));
    }
    Ok(format!("\"{}\"", text.replace('%', "%%")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::{Become, HostKey};

    #[test]
    fn paths_are_read_by_ssh_as_they_were_meant() {
        assert_eq!(quoted(Path::new("/a b/%d")).unwrap(), "\"/a b/%%d\"");
        assert!(quoted(Path::new("/a\"b")).is_err());
    }

    #[test]
    fn no_setting_of_the_user_or_of_the_system_is_read() {
        let key = HostKey::parse(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBF8Vho1qVQaN4M3wPIoe3B+FSIEV6Bqb3bQqTZQ1tJd",
        );
        let target = Target::new("h", 22, "u", "/k", key.unwrap(), Become::Sudo).unwrap();
        let arguments = master_arguments(&target, Timeouts::default(), Path::new("/run/x")).unwrap();
        let text: Vec<String> = arguments
            .iter()
            .map(|a| a.to_string_lossy().into_owned())
            .collect();
        assert_eq!(text[..2], ["-F", "none"]);
        assert_eq!(text[text.len() - 2..], ["--", "h"]);
        for wanted in [
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "ForwardAgent=no",
        ] {
            assert!(text.iter().any(|word| word == wanted), "{wanted}");
        }
    }
}
