//! Signing a text with the operating system's `ssh-keygen`, on the person's own machine.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use basis::{Class, Refusal};

/// Signs `text` under `namespace`; answers the armored signature. The key may be in a file, an agent or a security key.
pub fn sign_with_ssh_keygen(key: &Path, namespace: &str, text: &str) -> Result<String, Refusal> {
    let failed = |what: String| {
        Refusal::new(Class::Outside, "signing", what)
            .way_out("check the key file and its passphrase; `ssh-keygen` of OpenSSH 8.2 or newer is needed")
    };
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-q", "-n", namespace, "-f"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| failed(format!("`ssh-keygen` cannot be run: {error}")))?;
    if let Some(mut input) = child.stdin.take() {
        input
            .write_all(text.as_bytes())
            .map_err(|error| failed(format!("`ssh-keygen` took no text: {error}")))?;
    }
    let output = child
        .wait_with_output()
        .map_err(|error| failed(format!("`ssh-keygen` did not end: {error}")))?;
    match String::from_utf8(output.stdout) {
        Ok(signature) if output.status.success() && !signature.is_empty() => Ok(signature),
        _ => Err(failed(format!(
            "`ssh-keygen` made no signature with `{}`",
            key.display()
        ))),
    }
}
