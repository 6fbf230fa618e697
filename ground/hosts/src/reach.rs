//! Where a machine is and how we may enter it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use serde::{Deserialize, Serialize};

use crate::HostError;

/// Longest address that we accept: a DNS name has at most 253 characters (RFC 1035 §2.3.4).
const ADDRESS_CHARS_MAX: usize = 253;
/// Longest login name (useradd's limit).
const USER_CHARS_MAX: usize = 32;
/// Longest public key line; an RSA key of 16384 bits has about 2,800 characters.
const KEY_CHARS_MAX: usize = 4_096;

/// How a machine is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Over SSH.
    Ssh(Target),
    /// It is the machine that we run on.
    Local,
}

/// A machine that is reached over SSH. Built by [`Target::new`], which checks every part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    // INVARIANT: address and user hold only characters that neither `ssh` nor a shell reads as anything else.
    pub(crate) address: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) identity_file: PathBuf,
    pub(crate) pinned_host_key: HostKey,
    pub(crate) becoming: Become,
}

/// How we act as root after the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Become {
    /// By `sudo -n`.
    Sudo,
    /// The login user is root already.
    Root,
}

/// A host's public key: kind and base64 text, as in a known_hosts file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostKey {
    // INVARIANT: kind is one of KINDS; blob is base64 whose first field names the same kind.
    kind: String,
    blob: String,
}

/// How long we wait for a host before we give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection with key exchange and login.
    pub connect: Duration,
    /// For a command that names no limit of its own.
    pub command: Duration,
    /// A connection over which nothing came for this long is dead.
    pub silence: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            command: Duration::from_secs(60),
            silence: Duration::from_secs(15),
        }
    }
}

impl Target {
    /// Makes a target for `address` (a DNS name or an IP address), port and login name.
    ///
    /// # Errors
    /// [`HostError::Unusable`] if a part holds characters that have no place in it.
    pub fn new(
        address: &str,
        port: u16,
        user: &str,
        identity_file: impl Into<PathBuf>,
        pinned_host_key: HostKey,
        becoming: Become,
    ) -> Result<Self, HostError> {
        if !is_user(user) {
            return Err(HostError::unusable(user, "a login name"));
        }
        let identity_file = identity_file.into();
        let path = identity_file.to_string_lossy();
        if path.contains(['"', '\n', '\\']) {
            return Err(HostError::unusable(
                &path,
                "a path of a key file that `ssh` can read",
            ));
        }
        Ok(Self {
            address: checked_address(address)?.to_owned(),
            port,
            user: user.to_owned(),
            identity_file,
            pinned_host_key,
            becoming,
        })
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The login name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The only key that the host may show.
    pub fn pinned_host_key(&self) -> &HostKey {
        &self.pinned_host_key
    }
}

pub(crate) fn checked_address(address: &str) -> Result<&str, HostError> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_' | '%');
    if address.is_empty()
        || address.len() > ADDRESS_CHARS_MAX
        || address.starts_with('-')
        || !address.chars().all(good)
    {
        return Err(HostError::unusable(address, "a host name or an IP address"));
    }
    Ok(address)
}

fn is_user(user: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !user.is_empty() && user.len() <= USER_CHARS_MAX && !user.starts_with('-') && user.chars().all(good)
}

impl HostKey {
    /// The kinds of host key that we accept, best first; DSA and certificates are none of them.
    pub const KINDS: [&'static str; 5] = [
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "ssh-rsa",
    ];

    /// Reads `kind base64 [comment]`, as in a `.pub` file.
    ///
    /// # Errors
    /// [`HostError::Unusable`] if it is no public key of a kind that we accept.
    pub fn parse(line: &str) -> Result<Self, HostError> {
        let wrong = || HostError::unusable(line, "an SSH public key line such as `ssh-ed25519 AAAA…`");
        if line.len() > KEY_CHARS_MAX {
            return Err(wrong());
        }
        let mut words = line.split_ascii_whitespace();
        let (Some(kind), Some(blob)) = (words.next(), words.next()) else {
            return Err(wrong());
        };
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(blob)
            .map_err(|_| wrong())?;
        // The blob is a list of length-prefixed strings whose first names the kind (RFC 4253 §6.6).
        let named = bytes
            .get(..4)
            .map(|length| u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize)
            .and_then(|length| bytes.get(4..4usize.checked_add(length)?));
        if !Self::KINDS.contains(&kind) || named != Some(kind.as_bytes()) {
            return Err(wrong());
        }
        Ok(Self {
            kind: kind.to_owned(),
            blob: blob.to_owned(),
        })
    }

    /// The kind, such as `ssh-ed25519`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The fingerprint as `ssh-keygen -l` prints it: `SHA256:` and unpadded base64 (RFC 4648 §4).
    pub fn fingerprint(&self) -> String {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(&self.blob)
            .unwrap_or_default();
        let hash = digest::digest(&digest::SHA256, &bytes);
        let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(hash.as_ref());
        format!("SHA256:{text}")
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.blob)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBF8Vho1qVQaN4M3wPIoe3B+FSIEV6Bqb3bQqTZQ1tJd host";

    #[test]
    fn a_key_line_reads_back_without_its_comment() {
        let key = HostKey::parse(KEY).unwrap();
        assert_eq!(format!("{key} host"), KEY);
        assert!(key.fingerprint().starts_with("SHA256:") && key.fingerprint().len() == 50);
    }

    #[test]
    fn a_line_that_is_no_key_is_refused() {
        let long = format!("ssh-ed25519 {}", "A".repeat(KEY_CHARS_MAX));
        for line in [
            "",
            "ssh-ed25519",
            "ssh-ed25519 !!!",
            "ssh-dss AAAAB3NzaC1kc3MAAAAA",
            "ssh-rsa AAAA",
            &long,
        ] {
            assert!(HostKey::parse(line).is_err(), "{line}");
        }
        let other_kind = KEY.replacen("ssh-ed25519", "ssh-rsa", 1);
        assert!(HostKey::parse(&other_kind).is_err());
    }

    #[test]
    fn addresses_and_users_cannot_be_read_as_options() {
        let key = HostKey::parse(KEY).unwrap();
        let make =
            |address: &str, user: &str| Target::new(address, 22, user, "/k", key.clone(), Become::Sudo);
        assert!(make("10.77.0.11", "tagout").is_ok());
        assert!(make("fe80::1%eth0", "tagout").is_ok());
        for address in ["", "-oProxyCommand=x", "a b", "a;b", "a$(b)"] {
            assert!(make(address, "tagout").is_err(), "{address}");
        }
        for user in ["", "-l", "a b", "a\nb"] {
            assert!(make("a", user).is_err(), "{user}");
        }
        let longest = "a".repeat(ADDRESS_CHARS_MAX);
        assert!(make(&longest, "tagout").is_ok());
        assert!(make(&format!("{longest}a"), "tagout").is_err());
    }
}
