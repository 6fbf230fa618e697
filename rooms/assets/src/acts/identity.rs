//! The key with which this server logs in to hosts. Its private half never leaves the data directory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use basis::{Actor, Class, Refusal};
use storage::Organisation;

use super::Read;

/// One key is made at a time.
static MAKING: Mutex<()> = Mutex::new(());

/// The folder for the sockets of connections to hosts.
pub fn control_dir(organisation: &Organisation) -> PathBuf {
    organisation.data().join("ssh")
}

/// The file with the private key, made at its first use by `ssh-keygen`.
///
/// # Errors
/// A refusal of class `Outside` when `ssh-keygen` is missing or cannot write.
pub fn identity_file(organisation: &Organisation) -> Result<PathBuf, Refusal> {
    let file = organisation.data().join("keys").join("ssh_ed25519");
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if !file.exists() {
        make(&file, organisation.origin().as_str())?;
    }
    Ok(file)
}

/// The public half of the key, as it is put into `authorized_keys` on hosts.
///
/// # Errors
/// A refusal of class `Forbidden`, or `Outside` when the key cannot be made or read.
pub fn connection_key(organisation: &Organisation, actor: &Actor) -> Result<String, Refusal> {
    organisation.view(|view| {
        let policy = policy::current(view)?;
        actor.may::<Read>(actor.person, policy.authority()).map(drop)
    })?;
    let public = public_half(&identity_file(organisation)?);
    std::fs::read_to_string(public)
        .map(|text| text.trim().to_owned())
        .map_err(|error| failed(&error.to_string()))
}

fn public_half(file: &Path) -> PathBuf {
    file.with_extension("pub")
}

fn failed(why: &str) -> Refusal {
    Refusal::new(
        Class::Outside,
        "connection key",
        format!("the key for reaching hosts could not be made: {why}"),
    )
    .way_out("install OpenSSH's `ssh-keygen` on the server, and see that its data directory can be written")
}

/// Makes the pair under another name first, so that a start that is cut off leaves no half of one.
fn make(file: &Path, comment: &str) -> Result<(), Refusal> {
    let staged = file.with_file_name("ssh_ed25519.new");
    let staged_public = staged.with_file_name("ssh_ed25519.new.pub");
    for left_over in [&staged, &staged_public] {
        match std::fs::remove_file(left_over) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(&error.to_string()));
            }
            _ => {}
        }
    }
    let output = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f"])
        .arg(&staged)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(&error.to_string()))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(failed(
            complaint.lines().last().unwrap_or("`ssh-keygen` said nothing"),
        ));
    }
    std::fs::rename(&staged_public, public_half(file))
        .and_then(|()| std::fs::rename(&staged, file))
        .map_err(|error| failed(&error.to_string()))
}
